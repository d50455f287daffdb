"""What each function of the language is for: shown where expressions are written."""

from __future__ import annotations

from typing import Final, NamedTuple


class FunctionHelp(NamedTuple):
    name: str
    signature: str
    description: str


_ROWS: Final = """
abs | abs(number) | without its sign
all | list.all(x, condition) | whether the condition holds for every item
avg | avg(list) | the mean of the numbers
bool | bool(text) | reads true or false
ceil | ceil(number) | up to the next whole number
contains | text.contains(part) | whether the text, or the list, has the part
distinct | distinct(list) | each item once
double | double(value) | reads a number
duration | duration(text) | a length of time, as "90m"
endsWith | text.endsWith(part) | whether the text ends with the part
exists | list.exists(x, condition) | whether the condition holds for any item
exists_one | list.exists_one(x, condition) | whether it holds for exactly one item
filter | list.filter(x, condition) | the items for which it holds
getDate | timestamp.getDate() | the day of the month, from 1
getDayOfMonth | timestamp.getDayOfMonth() | the day of the month, from 0
getDayOfWeek | timestamp.getDayOfWeek() | the day of the week, from 0 for Sunday
getDayOfYear | timestamp.getDayOfYear() | the day of the year, from 0
getFullYear | timestamp.getFullYear() | the year
getHours | timestamp.getHours() | the hours
getMilliseconds | timestamp.getMilliseconds() | the milliseconds
getMinutes | timestamp.getMinutes() | the minutes
getMonth | timestamp.getMonth() | the month, from 0 for January
getSeconds | timestamp.getSeconds() | the seconds
flatten | flatten(list) | lists inside the list laid end to end
floor | floor(number) | down to the next whole number
has | has(a.b) | whether the key is there
int | int(value) | a whole number, cut towards zero
join | list.join(separator) | the items as one text
keys | keys(object) | its keys
lower | lower(text) | in small letters
map | list.map(x, expression) | each item made into something else
matches | text.matches(pattern) | whether the regular expression is found
max | max(list) | the greatest
min | min(list) | the least
now | now() | the time of the step
range | range(count) | the numbers from 0
replace | text.replace(old, new) | every occurrence replaced
reverse | reverse(list) | the other way round
round | round(number, digits) | rounded
size | size(value) | how many items or characters
sort_by | list.sort_by(x, key) | in the order of the key
split | text.split(separator) | the parts between separators
startsWith | text.startsWith(part) | whether the text begins with the part
string | string(value) | as text
sum | sum(list) | the numbers added up
timestamp | timestamp(text) | a moment, as "2026-01-31T12:00:00Z"
trim | trim(text) | without blanks around it
type | type(value) | its type
upper | upper(text) | in capitals
values | values(object) | its values
"""


FUNCTION_HELP: Final = tuple(
    sorted(FunctionHelp(*(cell.strip() for cell in row.split("|"))) for row in _ROWS.strip().splitlines())
)
