create table lessons (
  id integer primary key generated always as identity,
  title text not null,
  language text not null,
  task text not null,
  -- What a solution has to contain, and what it should do without; the tutor's hints follow from them.
  expects text[] not null default '{}',
  avoids text[] not null default '{}'
);

-- The lessons come with the product, as its code does.
insert into lessons (title, language, task, expects, avoids) values
  ('Loops', 'python', 'Print each number from 1 to 10.', '{for,range}', '{while}'),
  ('Recursion', 'python', 'Write factorial(n) that calls itself.', '{def factorial,return,factorial(n - 1)}', '{for ,while}'),
  ('Lists', 'python', 'Keep the even numbers of a list.', '{% 2}', '{}');
