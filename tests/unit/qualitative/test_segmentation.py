import pytest

from vises_methods.qualitative.segmentation import segments


def cut(text, by):
    return [text[start:end] for start, end in segments(text, by)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mme Durand est partie. Elle revient.", ["Mme Durand est partie.", "Elle revient."]),
        (
            "Dhr. Peeters werkt hier, d.w.z. in het atelier. Goed!",
            ["Dhr. Peeters werkt hier, d.w.z. in het atelier.", "Goed!"],
        ),
        ("J. Dupont a dit : « Non ! » Puis il est sorti.", ["J. Dupont a dit : « Non ! »", "Puis il est sorti."]),
        ("Vraiment ? Oui… Peut-être.", ["Vraiment ?", "Oui…", "Peut-être."]),
        ("Het kost 3.50 euro. Veel.", ["Het kost 3.50 euro.", "Veel."]),
        ("Sans point\nAutre ligne", ["Sans point", "Autre ligne"]),
        ("Emoji 😀. Then.", ["Emoji 😀.", "Then."]),
    ],
)
def test_sentences(text, sentences):
    assert cut(text, "sentence") == sentences


def test_paragraphs_are_lines_that_are_not_blank_without_the_space_around():
    assert cut("  Un.\r\n\r\n \nDeux. \n", "paragraph") == ["Un.", "Deux."]


def test_a_turn_holds_the_lines_until_the_next_speaker():
    text = "Titre\nAnne : Bonjour.\nÇa va ?\n[00:01:05] Jan: Ja.\nNote: fin"
    assert cut(text, "turn") == ["Titre", "Anne : Bonjour.\nÇa va ?", "[00:01:05] Jan: Ja.", "Note: fin"]


def test_characters_are_code_points_and_none_is_left_out():
    assert cut("a 😀", "character") == ["a", " ", "😀"]


@pytest.mark.parametrize("by", ["character", "sentence", "paragraph", "turn", "document"])
def test_an_empty_text_has_no_segment(by):
    assert cut("", by) == []
