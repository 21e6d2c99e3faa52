"""Names are told from what stands around them in a byline."""

import time

import pytest

from pipeline.extract.authors.names import looks_personal, split_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ines Varga", ["Ines Varga"]),
        ("By Ines Varga", ["Ines Varga"]),
        ("BY INES VARGA AND TOM REED", ["INES VARGA", "TOM REED"]),
        ("By: Ines Varga, Tom Reed and Jo Ames", ["Ines Varga", "Tom Reed", "Jo Ames"]),
        ("Von Ines Varga und Jörg Löwe, dpa", ["Ines Varga", "Jörg Löwe", "dpa"]),
        ("Ein Kommentar von Ines Varga", ["Ines Varga"]),
        ("Par Inès Varga et Luc Petit", ["Inès Varga", "Luc Petit"]),
        ("Por Inés Varga y Luis Paz", ["Inés Varga", "Luis Paz"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Di Ines Varga e Luca Neri", ["Ines Varga", "Luca Neri"]),
        ("Av Ines Varga og Per Lie", ["Ines Varga", "Per Lie"]),
        ("Ines Varga/Reuters", ["Ines Varga", "Reuters"]),
        ("Ines Varga • Tom Reed", ["Ines Varga", "Tom Reed"]),
        ("山田花子、鈴木一郎", ["山田花子", "鈴木一郎"]),
        ("구현서 기자", ["구현서"]),
        ("Written by Ines Varga", ["Ines Varga"]),
        ("Ines Varga (Special envoy)", ["Ines Varga"]),
        ("Ines Varga for the Courier", ["Ines Varga"]),
        ("Ines Varga in Skerry Point", ["Ines Varga"]),
        ("Dan Reed", ["Dan Reed"]),
        ("Ines Varga - Harbour Reporter", ["Ines Varga"]),
        ("Coastal Center for Public Records", ["Coastal Center for Public Records"]),
        ("Center for Harbour Studies", ["Center for Harbour Studies"]),
        ("Di Rossi", ["Di Rossi"]),
        ("Ayu Dewi dan Budi Putra", ["Ayu Dewi", "Budi Putra"]),
        ("Ines Varga ines.varga@amberly-courier.example", ["Ines Varga"]),
        ("Ines Varga @inesvarga", ["Ines Varga"]),
        ("https://social.example/ines.varga", []),
        ("Ines Varga, Senior Correspondent", ["Ines Varga"]),
        ("Ines Varga, PhD", ["Ines Varga"]),
        ("Martin Luther Reed, Jr.", ["Martin Luther Reed Jr"]),
        ("Ines Varga, Ines Varga", ["Ines Varga"]),
        ("Guardian staff reporter", ["Guardian staff reporter"]),
        ("Text: Лида Рыбакова", ["Лида Рыбакова"]),
        ("admin", []),
        ("105092", []),
        ("", []),
        (None, []),
    ],
)
def test_declared_names(text: str | None, expected: list[str]) -> None:
    """One name each, without lead words, roles, addresses and titles."""
    assert split_names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By\nInes Varga\nPolitics Editor\nMarch 3, 2026", ["Ines Varga"]),
        ("Von Ines Varga\nStand:\n3. März 2026, 05:00 Uhr", ["Ines Varga"]),
        ("By Ines Varga, Monday, March 3, 2026", ["Ines Varga"]),
        ("Our reporter in the harbour", []),
        ("Photo by Tom Reed", []),
        ("Quelle: abc/xyz", []),
        (
            "Ines Varga / AMBERLY.EXAMPLE / Mar 2, 2026, 17:07 IST Share AA Text Size Small",
            ["Ines Varga", "AMBERLY.EXAMPLE"],
        ),
        ("Par Inès Varga\nPublié le 02/03/2026 - 14:16", ["Inès Varga"]),
        ("By Courier with Agencies", ["Courier"]),
        ("마로, 앰벌리 구현서 기자 guhyeonseo@courier.example", ["구현서"]),
    ],
)
def test_shown_names(text: str, expected: list[str]) -> None:
    """What is shown on a page carries more furniture than what is declared."""
    assert split_names(text, loose=True) == expected


@pytest.mark.parametrize(
    "name", ["Ines Varga", "María de la Cruz", "Anne-Kathrin Löwe", "松岡大地", "لينا حداد", "O. Finnegan Reed"]
)
def test_people(name: str) -> None:
    """Two to five words with capitals; a short name in a script without them."""
    assert looks_personal(name)


@pytest.mark.parametrize(
    "name", ["courier.example", "Reuters", "red", "Staff Reporter", "Coastal Press", "この記事を書いた人", "News 24"]
)
def test_not_people(name: str) -> None:
    """Sites, agencies, roles and phrases are not people."""
    assert not looks_personal(name)


def test_many_names_are_capped() -> None:
    """Twenty thousand authors are too many."""
    assert (
        len(split_names(" and ".join(f"Jane Doe{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}" for i in range(20_000))))
        <= 50
    )


@pytest.mark.parametrize(
    "piece", [" ", "\n", "a", "1.", "@", "(", ", ", " and ", "By ", "가", " 기자", " in A", " for "]
)
def test_hostile_bylines_cost_little(piece: str) -> None:
    """Runs of anything are read in bounded time, blanks above all."""
    start = time.process_time()
    split_names(piece * 100_000)
    split_names("Ines Varga" + piece * 100_000, loose=True)
    assert time.process_time() - start < 0.2
