"""The courses of action that the offline rules know, how they score them, and what each takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Task = tuple[str, str, str, int, str]
"""What is done, in more words, by whom, within how many days, and by what one sees that it worked."""

CRITERIA: Final = {
    "Gain": ("A high score means that it brings much", 3),
    "Affordability": ("A high score means that it takes little", 2),
    "Safety": ("A high score means little risk", 2),
    "Ease": ("A high score means that it can begin at once", 1),
}


@dataclass(frozen=True, slots=True)
class Option:
    """``always``: it fits everybody; the others only a corporation that loses money."""

    name: str
    description: str
    gain: str
    cost: str
    risk: str
    scores: dict[str, int]
    tasks: tuple[Task, ...]
    always: bool = True


OPTIONS: Final = {
    each.name: each
    for each in (
        Option(
            "Go on as now",
            "Change nothing, and look again when the data are newer.",
            "What it brings now.",
            "Nothing.",
            "low",
            {"Gain": 3, "Affordability": 10, "Ease": 10},
            (
                ("Set a day to look again", "Begin another session then.", "Leader", 30, "It was begun."),
                (
                    "Note today's figures",
                    "Balance, income and members, to compare with.",
                    "Director",
                    3,
                    "They stand in the session.",
                ),
            ),
        ),
        Option(
            "Build what sells",
            "Put free money into industry whose product sells well in the region.",
            "The spread between what goods cost and what they sell for.",
            "Money that is bound until the goods are sold.",
            "medium",
            {"Gain": 8, "Affordability": 5, "Ease": 6},
            (
                (
                    "Choose three products",
                    "By the spread and the volume of the region's market.",
                    "Industry lead",
                    5,
                    "Three products with their expected margin are written down.",
                ),
                (
                    "Install the jobs",
                    "Where the cost index is low.",
                    "Industry lead",
                    10,
                    "Active jobs rise.",
                ),
                ("Sell the first batch", "On the region's market.", "Trader", 25, "Sell orders are filled."),
            ),
        ),
        Option(
            "Win members",
            "Recruit, and give newcomers something to do together.",
            "More hands, and more taxes.",
            "Time of those who lead, and some ships to lend.",
            "medium",
            {"Gain": 6, "Affordability": 7, "Ease": 4},
            (
                ("Say whom you look for", "In one paragraph.", "Recruiter", 3, "It is published."),
                ("Two fleets a week", "That newcomers can join.", "Fleet commander", 14, "They took place."),
                ("Count after a month", "Who came, and who stayed.", "Recruiter", 30, "Members rise."),
            ),
        ),
        Option(
            "Spend less",
            "Stop the largest expenses that bring nothing in.",
            "The balance no longer falls.",
            "What was paid for is missed by somebody.",
            "low",
            {"Gain": 7, "Affordability": 9, "Ease": 8},
            (
                (
                    "List the expenses",
                    "The five largest of the journal.",
                    "Accountant",
                    3,
                    "The list is made.",
                ),
                ("End what brings nothing", "At least one of them.", "Leader", 10, "Expenses fall."),
                ("Look at the net again", "After 30 days.", "Accountant", 35, "The net is above zero."),
            ),
            always=False,
        ),
    )
}
