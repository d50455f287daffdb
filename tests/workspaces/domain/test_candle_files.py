"""Files of candles: what is read, and how faults are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspaces.domain.candle_files import BadCandles, read_candles
from workspaces.domain.made_up import made_up_candles

NOON = 1_711_886_400  # 2024-03-31 12:00 UTC


def csv_of(*times: str, heading: str = "time,open,high,low,close,volume") -> str:
    return "\n".join([heading, *(f"{time},10,12,9,11,5" for time in times)])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1711886400", "1711886460"),
        ("1711886400000", "1711886460000"),
        ("1711886400000000", "1711886460000000"),
        ("2024-03-31T12:00:00Z", "2024-03-31T12:01:00Z"),
        ("2024-03-31 12:00", "2024-03-31 12:01"),
        ("2024-03-31T14:00:00+02:00", "2024-03-31T14:01:00+02:00"),
        ("2024.03.31 12:00", "2024.03.31 12:01"),
        ("2024/03/31 12:00:00", "2024/03/31 12:01:00"),
        ("20240331 120000", "20240331 120100"),
        ("31.03.2024 12:00", "31.03.2024 12:01"),
        ("31/03/2024 12:00", "31/03/2024 12:01"),
        ("3/31/2024 12:00", "3/31/2024 12:01"),
    ],
)
def test_times_are_read_as_people_write_them(first: str, second: str) -> None:
    assert read_candles(csv_of(first, second)).candles.time.tolist() == [NOON, NOON + 60]


def test_date_and_time_may_stand_in_two_columns() -> None:
    text = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2024.03.31\t12:00:00\t10\t12\t9\t11\t5"
    assert read_candles(text).candles.time.tolist() == [NOON]
    text = "Date;Time;Open;High;Low;Close\n31.03.2024;12:00;10,5;12,25;9;11"
    read = read_candles(text).candles
    assert (read.time.tolist(), read.open.tolist(), read.high.tolist()) == ([NOON], [10.5], [12.25])


def test_days_that_could_be_months_are_asked_about() -> None:
    text = csv_of("03/04/2024 12:00", "04/04/2024 12:00")
    with pytest.raises(BadCandles, match="whether the day or the month comes first"):
        read_candles(text)
    by_day, by_month = (read_candles(text, day_first=each).candles.time[0] for each in (True, False))
    assert (by_day - by_month) == 30 * 86_400


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1711886400,10,12,9,11,5", "Row 3: this time is there twice."),
        ("1711886340,10,12,9,11,5", "Row 3: this time lies before that of the row above"),
        ("1711886460,nan,12,9,11,5", "Row 3: open is “nan”, which is no number."),
        ("1711886460,10,inf,9,11,5", "Row 3: high is “inf”, which is no number."),
        ("1711886460,10,12,9,,5", "Row 3: close is empty."),
        ("1711886460,10,12", "Row 3: low is empty."),
        ("1711886460,10,10.5,9,11,5", "Row 3: open or close lies outside of low and high."),
        ("1711886460,0,12,0,11,5", "Row 3: a price is not above 0."),
        ("1711886460,10,12,9,11,-5", "Row 3: the volume is below 0."),
        ("yesterday,10,12,9,11,5", "Row 3: “yesterday” is no number of seconds"),
        ("99999999999999999,10,12,9,11,5", "Row 3: this time lies outside of the years 1900 to 2199."),
    ],
)
def test_a_fault_is_told_with_its_row(row: str, told: str) -> None:
    with pytest.raises(BadCandles) as refused:
        read_candles(f"{csv_of('1711886400')}\n{row}")
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize(
    ("prices", "read"),
    [
        ("1.234,5;1.300,0;1.000,25;1.200", [1234.5, 1300.0, 1000.25, 1200.0]),
        ("1,234.5;1,300;1,000.25;1,200", [1234.5, 1300.0, 1000.25, 1200.0]),
        ("1.234.567,5;1.300.000;1.000.000;1.200.000", [1234567.5, 1300000.0, 1000000.0, 1200000.0]),
        ("1,234;1,300;1,000;1,200", [1.234, 1.3, 1.0, 1.2]),
        ("1.234;1.300;1.000;1.200", [1.234, 1.3, 1.0, 1.2]),
        ("10,5;12,25;9;11", [10.5, 12.25, 9.0, 11.0]),
    ],
)
def test_a_whole_file_writes_its_numbers_in_one_way(prices: str, read: list[float]) -> None:
    (candle,) = read_candles(f"Time;Open;High;Low;Close\n2024-01-01;{prices}").candles
    assert [candle.open, candle.high, candle.low, candle.close] == read


def test_rows_are_counted_as_in_the_file_also_below_blank_lines() -> None:
    text = "\ufeff\n\n" + csv_of("1711886400") + "\n\n1711886460,x,12,9,11,5"
    with pytest.raises(BadCandles, match="Row 6: open is “x”"):
        read_candles(text)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1850-01-01"])
def test_times_that_no_market_had_are_refused(time: str) -> None:
    with pytest.raises(BadCandles, match="Row 2: this time lies outside of the years 1900 to 2199"):
        read_candles(csv_of(time))


def test_all_faults_are_told_up_to_twenty() -> None:
    rows = "\n".join("1711886460,x,12,9,11,5" for _ in range(30))
    with pytest.raises(BadCandles) as refused:
        read_candles(f"{csv_of('1711886400')}\n{rows}")
    assert (len(refused.value.faults), refused.value.more) == (20, 10)
    assert [fault.row for fault in refused.value.faults[:2]] == [3, 4]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The file is empty."),
        ("time,open,high,low,close", "There is no candle below the heading."),
        ("time,open,high\n1,2,3", "Row 1: The heading names no column for low, close."),
        ("what is this", "Row 1: The heading names no column for time, open, high, low, close."),
        (csv_of("soon"), "Row 2: “soon” is no time that is known here."),
        (csv_of("31.02.2024"), "Row 2: “31.02.2024” is no date that there is."),
    ],
)
def test_what_is_no_file_of_candles_is_told(text: str, told: str) -> None:
    with pytest.raises(BadCandles) as refused:
        read_candles(text)
    assert str(refused.value) == told


def test_missing_bars_are_told_and_not_refused() -> None:
    times = [str(NOON + 60 * each) for each in (0, 1, 2, 5, 6, 7)]
    assert read_candles(csv_of(*times)).notices == (
        "2 bars are missing in one place, the longest stretch is 2 bars: the market may have been closed.",
    )


@given(st.text(max_size=300))
def test_garbage_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(BadCandles) as refused:
        read_candles(text)
    assert refused.value.faults


def test_made_up_candles_are_sound_and_the_same_for_the_same_seed() -> None:
    one, other = made_up_candles(5_000, seed=7), made_up_candles(5_000, seed=7)
    assert list(one) == list(other) != list(made_up_candles(5_000, seed=8))
    assert (one.low > 0).all()
    assert (one.high >= one.low).all()
    assert (one.high >= one.open).all()
    assert (one.low <= one.close).all()
    text = "\n".join(
        ["time,open,high,low,close,volume"]
        + [f"{c.time},{c.open},{c.high},{c.low},{c.close},{c.volume}" for c in one]
    )
    read = read_candles(text)
    assert list(read.candles) == list(one)
    assert read.notices == ()
