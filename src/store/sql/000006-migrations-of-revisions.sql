-- Which migrations a revision came with, by the database: nothing for those from before anybody wrote it down.
alter table revision add column migrations json;
