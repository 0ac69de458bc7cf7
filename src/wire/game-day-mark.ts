/** What a service bears in its environment that a game day released: the same code, and another revision all the same. */
export const gameDayMark = "GANTRY_GAME_DAY";
