"""The words of a proposal's spoken code, such as "blue seven".

Chosen to be told apart by ear: no "red" (read), no "one" (won), "two" (to) or "four" (for).
"""

COLOURS = (
    "amber",
    "black",
    "blue",
    "brown",
    "golden",
    "green",
    "orange",
    "pink",
    "purple",
    "silver",
    "white",
    "yellow",
)
NUMBERS = {
    "three": 3,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
