"""Cards that do not follow the standard, each in the way of that issuer's real cards (names are made up)."""

from datetime import date

import pytest

from kiosk.identity import Licence, Reason, Unknown, recognise

HEADER = "@\n\x1e\rANSI "
BORN, EXPIRES = date(1951, 6, 5), date(2031, 6, 5)
OLD_BODY = "DAG1 MAIN ST\nDAICOLUMBIA\nDAJSC\nDAK29201\nDAQ012345678\nDBA20310605\nDBB19510605\nDBC1"
NEW_BODY = (
    "DBA06052031\nDBB06051951\nDBD06052023\nDBC1\nDAYBRO\nDAU068 in\n"
    "DAG1 MAIN ST\nDAIRICHMOND\nDAJVA\nDAK232690000\nDAQT64235789\nDCFX1\nDCGUSA"
)
CANADIAN_BODY = (
    "DBA20310605\nDBB19510605\nDBD20230605\nDBC1\nDAYBRO\nDAU168 cm\n"
    "DAG1 MAIN ST\nDAITORONTO\nDAJON\nDAKM4B 1B3\nDAQS1234-56789-10605\nDCFX1\nDCGCAN"
)


def licence(payload: str) -> Licence:
    found = recognise(payload)
    assert isinstance(found, Licence), found
    return found


def names(payload: str) -> tuple[str, str, str, str]:
    found = licence(payload)
    assert found.birth_date == BORN
    return found.family_name, found.given_name, found.middle_name, found.suffix


def test_south_carolina_has_fs_for_rs_and_an_offset_off_by_one():
    payload = f"@\n\x1c\rANSI 6360050101DL00300144DLDAASAMPLE,ANNA,LEE\n{OLD_BODY}\r"
    found = licence(payload)
    assert (found.family_name, found.given_name, found.middle_name) == ("SAMPLE", "ANNA", "LEE")
    assert (found.issuer, found.aamva_version, found.birth_date) == ("636005", 1, BORN)


def test_ontario_has_offset_zero_and_trailing_commas():
    body = CANADIAN_BODY.replace("1 MAIN ST", "1 MAIN ST,")
    found = licence(f"{HEADER}636012030001DL00000300DLDCSSAMPLE,\nDCTANNA,LEE\n{body}\r")
    assert (found.family_name, found.given_name, found.middle_name) == ("SAMPLE", "ANNA", "LEE")
    assert (found.street, found.postal_code, found.expiry) == ("1 MAIN ST", "M4B 1B3", EXPIRES)


def test_alberta_has_letters_for_an_offset_an_unofficial_issuer_and_both_given_name_elements():
    body = CANADIAN_BODY.replace("DBC1", "DBCF").replace("\nDCGCAN", "")
    found = licence(
        f"{HEADER}990876030002DLlabac0200ZA02410020DLDCSSAMPLE\nDCTANNA LEE\nDACANNA\nDADLEE\n{body}\r"
    )
    assert (found.family_name, found.given_name, found.middle_name) == ("SAMPLE", "ANNA", "LEE")
    assert (found.issuer, found.birth_date) == ("990876", BORN)


@pytest.mark.parametrize("issuer", ["636006", "636003"])
def test_connecticut_and_maryland_say_aamva_for_ansi(issuer):
    payload = f"@\n\x1e\rAAMVA{issuer}0101DL00290144DLDAASAMPLE,ANNA,LEE\n{OLD_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")
    assert licence(payload).issuer == issuer


@pytest.mark.parametrize("issuer", ["636006", "636020", "636061", "636060"])
def test_some_cards_have_no_dl_in_front_of_the_first_element(issuer):
    payload = f"{HEADER}{issuer}040002DL00410263ZW03040007DCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\rZWZWA1\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")


@pytest.mark.parametrize("issuer", ["636061", "636060"])
def test_west_virginia_and_wyoming_write_dates_century_first(issuer):
    body = CANADIAN_BODY.replace("ON", "WV")
    found = licence(f"{HEADER}{issuer}040001DL00310263DCSSAMPLE\nDACANNA\nDADLEE\n{body}\r")
    assert (found.birth_date, found.expiry) == (BORN, EXPIRES)


def test_illinois_has_no_number_of_entries():
    assert names(f"{HEADER}63603502DL00290259DLDCSSAMPLE\nDCTANNA LEE\n{NEW_BODY}\r") == (
        "SAMPLE",
        "ANNA",
        "LEE",
        "",
    )
    assert licence(f"{HEADER}6360350201DL00290259DLDCSSAMPLE\nDCTANNA\n{NEW_BODY}\r").aamva_version == 2


def test_north_carolina_lost_a_digit_and_dashes_its_dates():
    payload = (
        f"{HEADER}360040001DL00290179DLDABSAMPLE\nDACANNA\nDADLEE\n"
        "DAL1 MAIN ST\nDANRALEIGH\nDAONC\nDAP27601\nDAQ000012345678\nDBA06-05-2031\nDBB06-05-1951\nDBC2\r"
    )
    found = licence(payload)
    assert (found.family_name, found.given_name, found.middle_name) == ("SAMPLE", "ANNA", "LEE")
    assert (found.issuer, found.birth_date, found.expiry) == ("636004", BORN, EXPIRES)
    assert (found.street, found.city, found.region, found.postal_code) == (
        "1 MAIN ST",
        "RALEIGH",
        "NC",
        "27601",
    )


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("ANNA LEE SAMPLE", ("SAMPLE", "ANNA", "LEE", "")),
        ("ANNA SAMPLE", ("SAMPLE", "ANNA", "", "")),
        ("JOHN Q SAMPLE JR", ("SAMPLE", "JOHN", "Q", "JR")),
        ("SAMPLE,ANNA,LEE", ("SAMPLE", "ANNA", "LEE", "")),
    ],
)
def test_pennsylvania_says_the_name_in_spoken_order(full, parts):
    assert names(f"{HEADER}6360250101DL00290144DLDAA{full}\n{OLD_BODY}\r") == parts


@pytest.mark.parametrize("full", ["ANNA LEE SAMPLE", "SAMPLE"])
def test_a_full_name_without_commas_of_another_issuer_is_refused(full):
    found = recognise(f"{HEADER}6360410101DL00290144DLDAA{full}\n{OLD_BODY}\r")
    assert found == Unknown(reason=Reason.UNCLEAR_NAME)


def test_one_word_is_no_full_name_in_spoken_order():
    assert recognise(f"{HEADER}6360250101DL00290144DLDAASAMPLE\n{OLD_BODY}\r") == Unknown(
        reason=Reason.UNCLEAR_NAME
    )


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("SAMPLE, ANNA, LEE", ("SAMPLE", "ANNA", "LEE", "")),
        ("SAMPLE,ANNA,,", ("SAMPLE", "ANNA", "", "")),
        ("SAMPLE,ANNA,LEE,JR", ("SAMPLE", "ANNA", "LEE", "JR")),
        ("SAMPLE,ANNA,,III", ("SAMPLE", "ANNA", "", "III")),
        ("SAMPLE, ANNA , , ", ("SAMPLE", "ANNA", "", "")),
        ("SAMPLE$ANNA$LEE", ("SAMPLE", "ANNA", "LEE", "")),
        ("SAMPLE,ANNA,NONE", ("SAMPLE", "ANNA", "", "")),
    ],
)
@pytest.mark.parametrize("issuer", ["636010", "636030", "636029"])
def test_florida_missouri_and_oregon_pad_or_leave_out_parts_of_the_full_name(issuer, full, parts):
    assert names(f"{HEADER}{issuer}0101DL00290144DLDAA{full}\n{OLD_BODY}\r") == parts


@pytest.mark.parametrize("issuer", ["636012", "636000"])
def test_ontario_and_virginia_part_given_names_by_a_comma(issuer):
    assert names(f"{HEADER}{issuer}030001DL00310263DLDCSSAMPLE\nDCTMARY ANN,LEE\n{NEW_BODY}\r") == (
        "SAMPLE",
        "MARY ANN",
        "LEE",
        "",
    )
    assert names(f"{HEADER}{issuer}030001DL00310263DLDCSSAMPLE\nDCTMARY ANN\n{NEW_BODY}\r")[1:3] == (
        "MARY ANN",
        "",
    )


@pytest.mark.parametrize("issuer", ["604432", "636008", "636017", "636049", "636015", "636045"])
def test_others_part_given_names_by_a_space(issuer):
    assert names(f"{HEADER}{issuer}030001DL00310263DLDCSSAMPLE\nDCTANNA LEE\n{NEW_BODY}\r")[1:3] == (
        "ANNA",
        "LEE",
    )


def test_a_suffix_may_follow_the_given_names():
    payload = f"{HEADER}636000030001DL00310263DLDCSSAMPLE\nDCTANNA,LEE,JR\n{NEW_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "JR")


def test_a_suffix_may_follow_the_family_name_behind_a_comma():
    payload = f"{HEADER}636000040001DL00310263DLDCSSAMPLE, JR\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "JR")


def test_a_family_name_with_another_name_behind_a_comma_is_refused():
    payload = f"{HEADER}636000040001DL00310263DLDCSSAMPLE,PETER\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert recognise(payload) == Unknown(reason=Reason.UNCLEAR_NAME)


def test_a_whole_name_in_the_family_name_is_taken_apart():
    payload = f"{HEADER}636000040001DL00310263DLDCSSAMPLE,ANNA,LEE\nDACNONE\nDADNONE\n{NEW_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")


@pytest.mark.parametrize("nothing", ["NONE", "unavl", "UNAVL", "none", ""])
def test_the_words_for_no_name_are_not_names(nothing):
    payload = (
        f"{HEADER}636001070001DL00310263DLDCSSAMPLE\nDDEN\nDACANNA\nDDFN\nDAD{nothing}\nDDGN\n{NEW_BODY}\r"
    )
    assert names(payload) == ("SAMPLE", "ANNA", "", "")
    payload = (
        f"{HEADER}636001070001DL00310263DLDCSSAMPLE\nDDEN\nDAC{nothing}\nDDFN\nDADNONE\nDDGN\n{NEW_BODY}\r"
    )
    assert names(payload) == ("SAMPLE", "", "", "")


def test_a_card_of_nobody_is_refused():
    payload = f"{HEADER}636001070001DL00310263DLDCSNONE\nDDEN\nDACNONE\nDDFN\nDADNONE\nDDGN\n{NEW_BODY}\r"
    assert recognise(payload) == Unknown(reason=Reason.UNCLEAR_NAME)


def test_wyoming_packs_the_middle_name_into_the_first():
    assert names(f"{HEADER}636060040001DL00310263DLDCSSAMPLE\nDACANNA LEE\n{NEW_BODY}\r")[1:3] == (
        "ANNA",
        "LEE",
    )
    assert names(f"{HEADER}636015040001DL00310263DLDCSSAMPLE\nDACANNA LEE\n{NEW_BODY}\r")[1:3] == (
        "ANNA LEE",
        "",
    )
    assert names(f"{HEADER}636015040001DL00310263DLDCSSAMPLE\nDACANNA,LEE\n{NEW_BODY}\r")[1:3] == (
        "ANNA",
        "LEE",
    )


def test_oregon_has_an_empty_mailing_street_and_the_residence_behind():
    body = OLD_BODY.replace("DAG1 MAIN ST", "DAG") + "\nDAL1 MAIN ST"
    assert licence(f"{HEADER}6360290101DL00290144DLDAASAMPLE,ANNA\n{body}\r").street == "1 MAIN ST"


@pytest.mark.parametrize("family", ["SAMPLE", "MADDEN", "HADDEN"])
def test_alabama_has_no_truncation_flags(family):
    payload = f"{HEADER}636033040001DL00310263DLDCS{family}\nDACANNA\nDADLEE\n{NEW_BODY}\r".replace(
        "\nDCGUSA", ""
    )
    assert names(payload) == (family, "ANNA", "LEE", "")
    assert licence(payload).truncated == frozenset()


@pytest.mark.parametrize(
    "blob", [r"\"#%^;", "A|B|C", "A\nDACMALLORY\nDBB01011999\nB", "DCSMALLORY", "\x1dDACX"]
)
def test_virginia_puts_anything_into_its_own_subfile(blob):
    payload = (
        f"{HEADER}636000100002DL00410278ZV03190031DLDCSSAMPLE\nDDEN\nDACANNA\nDDFN\nDADLEE\nDDGN\n"
        f"{NEW_BODY}\rZVZVA{blob}\nZVB{blob}\r"
    )
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")


def test_a_jurisdiction_subfile_may_come_first():
    payload = (
        f"{HEADER}636000100002ZV00410031DL00720278ZVZVADACMALLORY\nDACMALLORY\r"
        f"DLDCSSAMPLE\nDDEN\nDACANNA\nDDFN\nDADLEE\nDDGN\n{NEW_BODY}\r"
    )
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")


TRACKS = (
    "%BCVICTORIA^SAMPLE,$ANNA LEE^1 MAIN ST$VICTORIA BC  V8W 1Y8^?;6360282222222=310619510605=?"
    "_%0AV8W1Y8                     F160 60BRNBLU9876543210                [4SW5Z:,+&?"
)


@pytest.mark.parametrize(
    "payload", [TRACKS, TRACKS.replace("?;", "?\n;").replace("?_", "?\r\n_"), TRACKS.replace("_%", "%")]
)
def test_british_columbia_prints_magnetic_stripe_tracks(payload):
    found = licence(payload)
    assert (found.family_name, found.given_name, found.middle_name) == ("SAMPLE", "ANNA", "LEE")
    assert (found.document_number, found.issuer, found.birth_date) == ("2222222", "636028", BORN)
    assert (found.street, found.city, found.region, found.postal_code) == (
        "1 MAIN ST",
        "VICTORIA",
        "BC",
        "V8W1Y8",
    )
    assert (found.expiry, found.aamva_version) == (None, None)


def test_tracks_by_the_standard_part_the_name_by_dollars_and_fill_the_city():
    payload = "%FLJACKSONVILLES" + "SAMPLE$ANNA LEE$MAY^1 MAIN ST^?;6360101234567=310619510605?"
    found = licence(payload)
    assert (found.city, found.family_name) == ("JACKSONVILLES", "SAMPLE")
    assert (found.given_name, found.middle_name, found.postal_code) == ("ANNA LEE", "MAY", "")


def test_tracks_without_a_name_are_refused():
    assert recognise("%FLMIAMI^^1 MAIN ST^?;6360101234567=310619510605?") == Unknown(
        reason=Reason.UNCLEAR_NAME
    )


def test_one_track_alone_is_no_licence():
    assert recognise(TRACKS.partition(";")[0]) == Unknown(reason=Reason.UNKNOWN_CODE)


@pytest.mark.parametrize("offset", ["0000", "0099", "9999", "0040", "0042"])
def test_offsets_are_only_hints(offset):
    payload = f"{HEADER}636000100001DL{offset}0278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")


def test_the_country_is_only_a_hint():
    payload = f"{HEADER}636012040001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\r".replace(
        "DCGUSA", "DCGCDN"
    )
    assert licence(payload).birth_date == BORN


@pytest.mark.parametrize("version", ["13", "42", "99"])
def test_an_unknown_later_version_is_read_as_the_latest(version):
    payload = f"{HEADER}636000{version}0001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert licence(payload).aamva_version == int(version)


def test_compact_encoding_is_refused_by_name():
    assert recognise("D123×SAMPLE×ANNA×19510605¶20310605×X¶".encode("latin-1")) == Unknown(
        reason=Reason.COMPACT_ENCODING
    )


def test_truncated_names_are_named():
    payload = f"{HEADER}636000080001DL00310278DLDCSSAMPLE\nDDET\nDACANNA\nDDFU\nDADLEE\nDDGT\n{NEW_BODY}\r"
    assert licence(payload).truncated == {"family_name", "middle_name"}


@pytest.mark.parametrize(
    "value", ["", "unavl", "00000000", "99999999", "13321951", "0605195", "19511306", "abc"]
)
def test_a_date_that_is_none_stays_none(value):
    payload = f"{HEADER}636000080001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert licence(payload.replace("06051951", value)).birth_date is None


@pytest.mark.parametrize(
    ("printed", "read"),
    [("232690000", "23269"), ("23269-0000", "23269"), ("232691234", "232691234"), ("23269      ", "23269")],
)
def test_the_filling_of_a_postal_code_is_dropped(printed, read):
    payload = f"{HEADER}636000080001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert licence(payload.replace("232690000", printed)).postal_code == read


def test_a_second_street_line_is_kept():
    payload = f"{HEADER}636000080001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\nDAHAPT 4\r"
    assert licence(payload).street == "1 MAIN ST, APT 4"


def test_several_middle_names_are_parted_by_spaces():
    payload = f"{HEADER}636000080001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE,MAY\n{NEW_BODY}\r"
    assert licence(payload).middle_name == "LEE MAY"


def test_a_second_subfile_behind_the_jurisdictions_says_the_same_or_is_refused():
    first = f"DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\rZVZVAX\r"
    same, other = "IDDCSSAMPLE\nDACANNA\nDAHAPT 4\r", "IDDCSOTHER\nDACANNA\r"
    header = f"{HEADER}636000100003DL00510278ZV03290008ID03370040"
    assert licence(header + first + same).street == "1 MAIN ST, APT 4"
    assert recognise(header + first + other) == Unknown(reason=Reason.CONTRADICTORY)


def test_a_number_that_contains_an_element_id_is_left_out_where_separators_were_lost():
    body = NEW_BODY.replace("T64235789", "ADAMSAB123Z")
    whole = f"{HEADER}636045100001DL00310278DLDCSSAMPLE\nDDEN\nDACANNA\nDDFN\nDADLEE\nDDGN\n{body}\r"
    assert licence(whole).document_number == "ADAMSAB123Z"
    found = licence("".join(letter for letter in whole if letter >= " "))
    assert (found.family_name, found.document_number) == ("SAMPLE", "")


def test_oregon_says_first_and_middle_name_together_behind_a_comma_and_a_space():
    payload = f"{HEADER}6360290101DL00290144DLDAASAMPLE, ANNA LEE\n{OLD_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")
    assert names(payload.replace("SAMPLE, ANNA LEE", "SAMPLE,ANNA LEE")) == ("SAMPLE", "ANNA LEE", "", "")


def test_wyoming_may_have_an_empty_middle_name_beside_the_packed_one():
    payload = f"{HEADER}636060040001DL00310263DLDCSSAMPLE\nDACANNA LEE\nDAD\n{NEW_BODY}\r"
    assert names(payload)[1:3] == ("ANNA", "LEE")
    assert names(payload.replace("\nDAD\n", "\nDADNONE\n"))[1:3] == ("ANNA LEE", "")
    assert names(payload.replace("636060040001", "636060080001"))[1:3] == ("ANNA LEE", "")


def test_a_second_street_line_that_repeats_the_city_is_left_out():
    payload = (
        f"{HEADER}636060040001DL00310263DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\nDAHRICHMOND, VA  23269\r"
    )
    assert licence(payload).street == "1 MAIN ST"


def test_a_street_that_only_the_second_line_has_is_left_out():
    payload = f"{HEADER}636060040001DL00310263DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\nDAHAPT 4\r"
    assert licence(payload.replace("DAG1 MAIN ST\n", "")).street == ""


@pytest.mark.parametrize(
    ("printed", "read"),
    [("96826     0", "96826"), ("0210800000", "02108"), ("633011", "633011"), ("20009-1234", "20009-1234")],
)
def test_other_fillings_of_a_postal_code(printed, read):
    payload = f"{HEADER}636047040001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert licence(payload.replace("232690000", printed)).postal_code == read


def test_a_degree_is_kept_as_the_card_has_it():
    payload = f"{HEADER}636055030001DL00310278DLDCSSAMPLE\nDCTANNA\nDCUPH.D.\n{NEW_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "", "PH.D.")
    assert names("".join(letter for letter in payload if letter >= " "))[3] == "PH.D."


def test_new_brunswick_has_none_for_a_suffix_with_separators_or_without():
    body = CANADIAN_BODY.replace("DAYBRO", "DAYNONE")
    payload = f"{HEADER}636017020001DL00310278DLDCSSAMPLE\nDCTANNA LEE\nDCUNONE \n{body}\r"
    for text in (payload, "".join(letter for letter in payload if letter >= " ")):
        assert names(text) == ("SAMPLE", "ANNA", "LEE", "")


@pytest.mark.parametrize("expiry", ["310619510605", "31060519510605"])
def test_the_day_of_expiry_may_stand_in_the_second_track(expiry):
    found = licence(TRACKS.replace("310619510605", expiry))
    assert (found.document_number, found.birth_date) == ("2222222", BORN)
    assert found.expiry == (EXPIRES if len(expiry) == 14 else None)


def test_tracks_of_other_jurisdictions_have_a_suffix_more_lines_and_a_long_number():
    payload = (
        "%FLTALLAHASSEE^SAMPLE$ANNA$LEE$JR^1 MAIN ST$APT 4^?;6360101234567890123=3101195106054567=?"
        "+! 323011234  E               1601?"
    )
    found = licence(payload)
    assert (found.family_name, found.given_name, found.middle_name, found.suffix) == (
        "SAMPLE",
        "ANNA",
        "LEE",
        "JR",
    )
    assert (found.document_number, found.birth_date) == ("12345678901234567", BORN)
    assert (found.street, found.postal_code) == ("1 MAIN ST, APT 4", "323011234")


CARD = f"{HEADER}636000080001DL00310229DLDCSSAMPLE\nDDEN\nDACANNA\nDDFN\nDADLEE\nDDGN\n{NEW_BODY}\r"


@pytest.mark.parametrize(
    ("damaged", "issuer", "version"),
    [
        (CARD.replace("636000080001", "66000080001"), "", None),
        (CARD.replace("636000080001", "63600008001"), "636000", None),
        (CARD.replace("636000080001", "6366000080001"), "", None),
        (CARD.replace("636000080001", "6360000800001"), "636000", None),
        (CARD.replace("636000080001", "636900080001"), "", 8),
        (CARD.replace("636000080001", "6360A0080001"), "", None),
        (CARD.replace("636000080001", "636000010001"), "636000", None),
        (CARD.replace("636000080001", "990876080001"), "990876", 8),
        (CARD.replace("636000080001", "636059080001"), "636059", 8),
    ],
)
def test_a_damaged_header_costs_no_more_than_itself(damaged, issuer, version):
    found = licence(damaged)
    assert (found.family_name, found.birth_date) == ("SAMPLE", BORN)
    assert (found.issuer, found.aamva_version) == (issuer, version)


@pytest.mark.parametrize("sign", ["?", "\ufffd", "╔", "_", "+", "$"])
def test_a_name_that_lost_a_letter_is_refused(sign):
    found = recognise(CARD.replace("SAMPLE", f"SAM{sign}ŁE"))
    assert found == Unknown(reason=Reason.UNREADABLE)


def test_an_address_that_lost_a_letter_is_left_out():
    found = licence(CARD.replace("RICHMOND", "RICHM?ND").replace("T64235789", "T6423\ufffd789"))
    assert (found.family_name, found.city, found.document_number) == ("SAMPLE", "", "")


def test_a_cut_card_is_incomplete_if_it_lacks_what_every_card_has():
    behind = CARD.replace("DL00310229", "DL00410229ZV02700008").replace("0001DL", "0002DL") + "ZVZVA01\r"
    assert isinstance(recognise(behind), Licence)
    assert isinstance(recognise(behind[: behind.index("DCGUSA")].rstrip()), Licence)
    for end in ("DAQT", "DAJVA", "DAI"):
        cut = behind[: behind.index(end)].rstrip()
        assert recognise(cut) == Unknown(reason=Reason.INCOMPLETE)
    assert recognise(CARD[: CARD.index("DAJVA")].rstrip()) == Unknown(reason=Reason.INCOMPLETE)


def test_north_carolina_lost_a_separator_inside_its_address():
    payload = (
        f"{HEADER}360040001DL00290179DLDABSAMPLE\nDACDAGNY\nDADLEE\nDAL1 MAIN STDANRALEIGH\nDAONC\nDAP27601\n"
        "DAQ000012345678\nDBA06-05-2031\nDBB06-05-1951\nDBC2\r"
    )
    assert (licence(payload).given_name, licence(payload).street) == ("DAGNY", "")


def test_the_subfile_type_may_stand_on_a_line_of_its_own():
    payload = f"{HEADER}636020080001DL00310266DL\nDCSSAMPLE\nDACIDDAC\nDADLEE\n{NEW_BODY}\r"
    assert names(payload) == ("SAMPLE", "IDDAC", "LEE", "")


@pytest.mark.parametrize("nothing", ["NONE", "unavl"])
def test_a_date_that_is_none_is_no_piece_of_a_name_where_separators_were_lost(nothing):
    body = NEW_BODY.replace("DBD06052023", f"DBD{nothing}")
    payload = f"{HEADER}636015030001DL00310263DLDCSSAMPLE\nDCTANNA\n{body}\r"
    for text in (payload, "".join(letter for letter in payload if letter >= " ")):
        assert names(text) == ("SAMPLE", "ANNA", "", "")


def test_arizona_says_the_name_twice_and_if_the_two_differ_it_is_refused():
    split = "DABSAMPLE\nDACANNA\nDADLEE"
    payload = f"{HEADER}6360260101DL00290144DLDAASAMPLE,ANNA,LEE\n{split}\n{OLD_BODY}\r"
    assert names(payload) == ("SAMPLE", "ANNA", "LEE", "")
    assert recognise(payload.replace("DABSAMPLE", "DABOTHER")) == Unknown(reason=Reason.UNCLEAR_NAME)


@pytest.mark.parametrize("street", ["1 ELM ST", "1 MAIN AVE APT 5B", "PO BOX 12"])
def test_a_second_line_of_the_street_is_found_behind_the_first_where_separators_were_lost(street):
    for second in ("", "APT 4", "UNIT 91"):
        body = NEW_BODY.replace("DAG1 MAIN ST", f"DAG{street}\nDAH{second}")
        payload = f"{HEADER}636000080001DL00310263DLDCSSAMPLE\nDDEN\nDACANNA\nDDFN\nDADLEE\nDDGN\n{body}"
        found = licence("".join(letter for letter in payload if letter >= " "))
        assert found.street == (f"{street}, {second}" if second else street)


def test_a_street_of_which_one_line_lost_a_letter_is_left_out():
    payload = f"{HEADER}636000080001DL00310263DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\nDAHAPT ?\r"
    assert licence(payload).street == ""


@pytest.mark.parametrize("subfile", ["ZV", "ZV\n", "ZV   "])
def test_a_jurisdiction_subfile_may_hold_nothing(subfile):
    header = f"{HEADER}636000080002DL00410229ZV02700002DL"
    payload = f"{header}DCSSAMPLE\nDDEN\nDACANNA\nDDFN\nDADLEE\nDDGN\n{NEW_BODY}\r{subfile}"
    for text in (payload, "".join(letter for letter in payload if letter >= " ")):
        assert names(text) == ("SAMPLE", "ANNA", "LEE", "")


def test_what_is_no_postal_code_is_left_out():
    payload = f"{HEADER}636000080001DL00310278DLDCSSAMPLE\nDACANNA\nDADLEE\n{NEW_BODY}\r"
    assert licence(payload.replace("232690000", "23269'0000")).postal_code == ""


@pytest.mark.parametrize(
    ("city", "line", "read"),
    [
        ("PRINCE RUPERT", "PRINCE RUPERT BC  V8W 1Y8", ("PRINCE RUPERT", "BC")),
        ("NORTH VANCOUV", "NORTH VANCOUVER BC  V8W 1Y8", ("NORTH VANCOUVER", "BC")),
        ("EDMONTON^", "EDMONTON AB  V8W 1Y8", ("EDMONTON", "AB")),
        ("NORTH VANCOUV", "VICTORIA BC  V8W 1Y8", ("NORTH VANCOUV", "BC")),
    ],
)
def test_the_last_line_on_tracks_has_the_whole_city_and_its_province(city, line, read):
    payload = TRACKS.replace("VICTORIA^", city, 1).replace("VICTORIA BC  V8W 1Y8", line)
    found = licence(payload)
    assert (found.family_name, found.city, found.region) == ("SAMPLE", *read)
    assert found.street == "1 MAIN ST"


@pytest.mark.parametrize("name", ["SAMPLE", "SAMPLE,", "SAMPLE,$"])
def test_one_name_alone_on_tracks_is_the_family_name(name):
    found = licence(TRACKS.replace("SAMPLE,$ANNA LEE", name))
    assert (found.family_name, found.given_name) == ("SAMPLE", "")


@pytest.mark.parametrize("version", ["04", "09", "10", "11"])
def test_a_card_made_by_hand_with_nothing_but_what_identifies_is_read(version):
    found = licence(f"@\n\x1e\nANSI 636000{version}0002DL\nDAQ123\nDCSSAMPLE\nDACANNA\nDBB06051951")
    assert (found.family_name, found.given_name, found.document_number) == ("SAMPLE", "ANNA", "123")
