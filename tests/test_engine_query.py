"""The `q` language: one table per form of the grammar, one for its errors."""

from __future__ import annotations

import pytest

from emporix_mock.engine.query import Equality, QuerySyntaxError, parse
from emporix_mock.errors import BadRequest

APPLE = {
    "id": "5c3325ba",
    "code": "apple_logo",
    "name": {"en": "Yoghurt im Glas", "de": "Apfel"},
    "published": True,
    "zip": "00820",
    "weight": 20,
    "price": 31.5,
    "flag": "true",
    "amount": "20",
    "note": None,
    "empty": "",
    "tags": ["red", "sweet"],
    "sizes": [5, 25],
    "metadata": {"createdAt": "2021-05-19T10:00:00.000Z", "version": 3},
    "mixins": {"attributes": {"maxOrderQuantity": 20, "inStock": True, "since": "2021-05-19"}},
    "orders": [{"id": "EON1007"}, {"id": "EON1008", "items": [{"qty": 7}]}, {"label": None}],
    "nothing": [],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code:apple_logo", True),
        ("code:Apple_logo", False),
        ("code:apple", False),
        ('code:"apple_logo"', True),
        ('name.en:"Yoghurt im Glas"', True),
        ("name.de:Apfel", True),
        ("name.fr:Apfel", False),
        ("name:Apfel", False),
        ('empty:""', True),
        ("zip:00820", True),
        ("unknown:x", False),
        ("unknown.deep.x:x", False),
        ("code.deep:apple_logo", False),
        ("mixins:x", False),
    ],
)
def test_string_equality(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("published:true", True),
        ("published:false", False),
        ("published:True", False),
        ("published:1", False),
        ("mixins.attributes.inStock:true", True),
        ("flag:true", True),
        ("weight:20", True),
        ("weight:20.0", True),
        ("weight:2e1", True),
        ("weight:21", False),
        ("weight:true", False),
        ("price:31.5", True),
        ("price:31.50", True),
        ("amount:20", True),
        ("amount:20.0", False),
        ("mixins.attributes.maxOrderQuantity:20", True),
        ("metadata.version:3", True),
        ("note:null", True),
        ('note:"null"', False),
        ('code:"exists"', False),
    ],
)
def test_a_literal_is_compared_with_the_type_of_the_stored_value(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weight:>19", True),
        ("weight:>20", False),
        ("weight:>=20", True),
        ("weight:<20", False),
        ("weight:<=20.5", True),
        ("weight:(>=10 AND <=20)", True),
        ("weight:(>10 AND <20)", False),
        ("weight:(>10)", True),
        ("weight:( >10  AND <30 )", True),
        ("weight:>-5", True),
        ("sizes:(>=10 AND <=20)", False),
        ("sizes:(>=20 AND <=30)", True),
        ("amount:>1", False),
        ("published:>0", False),
        ("unknown:<5", False),
        ("price:>31", True),
        ("price:<31.25", False),
        ("orders.items.qty:>6", True),
    ],
)
def test_comparisons_and_ranges(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('metadata.createdAt:>"2021-05-18T07:27:27.455Z"', True),
        ('metadata.createdAt:(>="2021-05-18T07:27:27.455Z" AND <"2021-05-20T07:27:27.455Z")', True),
        ('metadata.createdAt:<"2021-05-19T10:00:00.000Z"', False),
        ('metadata.createdAt:<="2021-05-19T12:00:00+02:00"', True),
        ('metadata.createdAt:>="2021-05-19T10:00:00.001Z"', False),
        ('metadata.createdAt:>"2021-05-19"', True),
        ('metadata.createdAt:"2021-05-19T12:00:00+02:00"', True),
        ('metadata.createdAt:("2020-01-01T00:00:00Z","2021-05-19T10:00:00Z")', True),
        ("metadata.createdAt:2021-05-19T10:00:00.000Z", True),
        ("metadata.createdAt:2021-05-19T10:00:00Z", False),
        ('mixins.attributes.since:"2021-05-19"', True),
        ('mixins.attributes.since:<"2021-05-19T00:00:01Z"', True),
        ('metadataCreatedAt:>"2021-05-18T07:27:27.455Z"', True),
        ('metadataCreatedAt:<"2021-05-18T07:27:27.455Z"', False),
        ("metadataCreatedAt:exists", True),
        ("metadataModifiedAt:null", True),
        ('code:>"2021-05-18T07:27:27.455Z"', False),
        ('weight:>"2021-05-18T07:27:27.455Z"', False),
        ('metadata.createdAt:(>1 AND <"2030-01-01T00:00:00Z")', False),
    ],
)
def test_dates_are_compared_as_moments(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


def test_the_nested_date_also_finds_the_flat_one_and_the_spelling_asked_for_wins() -> None:
    query = parse('metadata.createdAt:<"2022-01-01T00:00:00Z"')
    assert query.matches({"metadataCreatedAt": "2021-05-19T10:00:00.000Z"})
    both = {"metadataCreatedAt": "2021-05-19T10:00:00Z", "metadata": {"createdAt": "2023-05-19T10:00:00Z"}}
    assert not query.matches(both)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("note:null", True),
        ("note:exists", False),
        ("note:missing", True),
        ("name.fr:null", True),
        ("name.en:null", False),
        ("unknown.deep:null", True),
        ("code.deep:missing", True),
        ("code:exists", True),
        ("code:missing", False),
        ("empty:exists", True),
        ("mixins.attributes:exists", True),
        ("mixins.other:exists", False),
        ("mixins.other:missing", True),
        ("nothing:exists", True),
        ("nothing:null", False),
        ("nothing.id:null", True),
        ("nothing.id:missing", True),
        ("orders.id:exists", True),
        ("orders.id:null", True),
        ("orders.id:missing", False),
        ("orders.label:exists", False),
    ],
)
def test_presence(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id:(a,5c3325ba)", True),
        ("id:(a,b)", False),
        ("id:( a , 5c3325ba )", True),
        ('id:("a","5c3325ba")', True),
        ('name.en:("x","Yoghurt im Glas")', True),
        ('name.en:("(",",","Yoghurt im Glas")', True),
        ("id:(5c3325ba)", True),
        ("id:(a OR 5c3325ba)", True),
        ('id:("a" OR "5c3325ba")', True),
        ("id:(OR)", False),
        ("id:in(a,5c3325ba)", True),
        ("id:in(a,b)", False),
        ("id:inside", False),
        ("weight:(19,20)", True),
        ("weight:(19,21)", False),
        ("published:(false,true)", True),
        ("published:(1,0)", False),
        ("tags:(green,sweet)", True),
        ("_id:(5c3325ba)", True),
    ],
)
def test_lists(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code:~logo", True),
        ("code:~LOGO", False),
        ("code:~^apple", True),
        ("code:~^logo", False),
        ("code:~a.*e_", True),
        ("name.en:(~Yoghurt im)", True),
        ("name.en:~(Yoghurt im)", True),
        ("name.en:~(Yoghurt ins)", False),
        ("name.en:~(im) code:exists", True),
        ("code:~(pear,apple)", True),
        ("code:~(pear, ^apple)", True),
        ("code:~(pear,plum)", False),
        ("code:~(p{2,3}l)", True),
        ("code:~(p[a,b]|logo)", True),
        ("code:~(?:pear|logo)", True),
        ("code:~(?:pear|plum)", False),
        ("code:~a(pp|bb)le", True),
        ("code:(~(?i)APPLE)", True),
        (r"code:~apple\_logo", True),
        (r"code:(~apple\.logo)", False),
        ("tags:~swe", True),
        ("weight:~2", False),
        ("orders._id:~EON100", True),
        ("unknown:~.*", False),
    ],
)
def test_regular_expressions(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("code:~^([a-z]+_?)+$", True), ("code:~(pp|_l){2}", False), ("code:~^(a+)+$", False)],
)
def test_repeated_groups(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected
    assert parse(text).matches({"code": "a" * 60 + "!"}) is False


def test_an_expression_that_takes_too_long_is_refused() -> None:
    with pytest.raises(BadRequest, match="takes too long") as refused:
        parse("code:~^(a|aa)+$").matches({"code": "a" * 60 + "!"})
    assert refused.value.rule == "engine/query-patience"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tags:red", True),
        ("tags:blue", False),
        ("orders.id:EON1008", True),
        ("orders.items.qty:7", True),
        ("orders.items.qty:8", False),
        ("orders.0.id:EON1007", False),
    ],
)
def test_one_element_of_an_array_suffices(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id:5c3325ba code:apple_logo", True),
        ("id:5c3325ba code:pear", False),
        ("  id:5c3325ba\t code:apple_logo  weight:20 ", True),
        ('name.en:"Yoghurt im Glas" code:~logo published:true weight:(>1 AND <50)', True),
        ("code:urn:yaas:x", False),
    ],
)
def test_all_clauses_must_hold(text: str, *, expected: bool) -> None:
    assert parse(text).matches(APPLE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("compoundLogicalQuery:((code:pear) OR (code:apple_logo))", True),
        ("compoundLogicalQuery:((code:pear) OR (code:plum) OR (code:fig))", False),
        ("compoundLogicalQuery:((code:apple_logo) AND (published:true) AND (weight:20))", True),
        ('compoundLogicalQuery:((code:("pear","fig")) OR (id:("123","5c3325ba")))', True),
        ("compoundLogicalQuery:((weight:>=50) OR (weight:<=20))", True),
        (
            "compoundLogicalQuery:(((code:pear) AND (tags:red)) OR ((code:apple_logo) AND (tags:blue)))",
            False,
        ),
        ("compoundLogicalQuery:((code:pear) OR (code:apple_logo) AND (published:false))", False),
        ("compoundLogicalQuery:((code:apple_logo) OR (code:pear) AND (published:false))", True),
        ("compoundLogicalQuery:(tags:(red,blue))", True),
        ("compoundLogicalQuery:((code:apple_logo published:false) OR (code:pear))", False),
        ("compoundLogicalQuery:( ( id:~(5c) ) OR ( code:~(ABC) ) )", True),
        ("published:true compoundLogicalQuery:((code:pear) OR (weight:20))", True),
        ("published:false compoundLogicalQuery:((code:pear) OR (weight:20))", False),
        ("compoundLogicalQuery:((published:true) AND (compoundLogicalQuery:((code:x) OR (id:x))))", False),
        ("compoundLogicalQuery:((code:pear) OR (mixins.attributes.since:exists)) tags:red", True),
    ],
)
def test_compound_queries(text: str, *, expected: bool) -> None:
    assert parse(text, compound=True).matches(APPLE) is expected


def test_a_localized_field_without_a_language_is_tried_in_every_language() -> None:
    localized = frozenset({"name"})
    assert parse("name:(~Yoghurt)", localized=localized).matches(APPLE)
    assert parse("name:Apfel", localized=localized).matches(APPLE)
    assert parse("name:Apfel", localized=localized).equalities == ()
    assert not parse("name:Birne", localized=localized).matches(APPLE)
    assert not parse("name:(~Yoghurt)").matches(APPLE)


@pytest.mark.parametrize(
    ("text", "position", "key", "message"),
    [
        ("in time", 0, "in", "No value for key 'in'"),
        ("code:x time", 7, "time", "No value for key 'time'"),
        ("code:", 0, "code", "No value for key 'code'"),
        ("code: x", 0, "code", "No value for key 'code'"),
        (
            r"name:(~Access \()",
            5,
            "name",
            r"Missing closing parenthesis in value '(~Access \()' of key 'name'",
        ),
        ("id:(a,b", 3, "id", "Missing closing parenthesis in value '(a,b' of key 'id'"),
        ('name:(~5" disk)', 5, "name", "Missing closing parenthesis in value '(~5\" disk)' of key 'name'"),
        (r"name:(~a \))", 11, "name", r"Missing opening parenthesis in value '(~a \))' of key 'name'"),
        ("name:(~)", 7, "name", "Empty regular expression in value '(~)' of key 'name'"),
        ("name:~", 6, "name", "Empty regular expression in value '~' of key 'name'"),
        ("name:~(a,,b)", 9, "name", "Empty regular expression in value '~(a,,b)' of key 'name'"),
        ('name:"two', 5, "name", "Missing closing quote in value '\"two' of key 'name'"),
        ('name:"two"x', 5, "name", "Unexpected text after the quoted value \"two\"x of key 'name'"),
        ('name:tw"o"', 7, "name", "Unexpected '\"' in value 'tw\"o\"' of key 'name'"),
        ("name:two(x)", 8, "name", "Unexpected '(' in value 'two(x)' of key 'name'"),
        ('name:~"two"', 6, "name", "Unexpected '\"' in regular expression '\"two\"' of key 'name'"),
        ("id:()", 4, "id", "Expected an item in value '()' of key 'id'"),
        ("id:(a,)", 6, "id", "Expected an item in value '(a,)' of key 'id'"),
        ("id:(a b)", 6, "id", "Expected ',' in value '(a b)' of key 'id'"),
        ("id:(a OR b,c)", 10, "id", "Expected 'OR' in value '(a OR b,c)' of key 'id'"),
        ("id:(a)(b)", 3, "id", "Unexpected text after the closing parenthesis in value '(a)(b)' of key 'id'"),
        ("qty:>", 5, "qty", "Nothing to compare with after '>' of key 'qty'"),
        ("qty:>abc", 5, "qty", "'abc' of key 'qty' is neither a number nor a date in double quotes"),
        ("qty:>=1e999", 6, "qty", "'1e999' of key 'qty' is neither a number nor a date in double quotes"),
        ('qty:<"soon"', 5, "qty", "\"soon\" of key 'qty' is not an ISO 8601 date"),
        ("qty:(>1 AND 5)", 12, "qty", "Expected a comparison instead of '5' in key 'qty'"),
        (
            "qty:(>1 OR <5)",
            6,
            "qty",
            "'1 OR <5' of key 'qty' is neither a number nor a date in double quotes",
        ),
        (":x", 0, None, "Missing key before ':'"),
        ("(code:x)", 0, None, "Unexpected '(' in query"),
        ("code:x )", 7, None, "Unexpected ')' in query"),
        ("a..b:x", 0, "a..b", "'a..b' is not a valid key"),
        ("q=status:OPEN", 0, "q=status", "'q=status' is not a valid key"),
        ("", 0, None, "Query is empty"),
        ("   ", 3, None, "Query is empty"),
    ],
)
def test_errors(text: str, position: int, key: str | None, message: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.key, caught.value.message) == (position, key, message)


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("compoundLogicalQuery:", 0, "No value for key 'compoundLogicalQuery'"),
        ("compoundLogicalQuery:code:x", 21, "Expected '(' after compoundLogicalQuery:"),
        ("compoundLogicalQuery:()", 22, "Query is empty"),
        (
            "compoundLogicalQuery:((a:1) OR (b:2)",
            21,
            "Missing closing parenthesis in value '((a:1) OR (b:2)' of key 'compoundLogicalQuery'",
        ),
        ("compoundLogicalQuery:((a:1) or (b:2))", 28, "Expected AND or OR between groups"),
        ("compoundLogicalQuery:((a:1) OR b:2)", 28, "Expected AND or OR between groups"),
        ("compoundLogicalQuery:((a:1) OR (b))", 32, "No value for key 'b'"),
        ("compoundLogicalQuery:((a:) OR (b:1))", 23, "No value for key 'a'"),
        ("compoundLogicalQuery:((a:1))b:2", 28, "Unexpected 'b' after compoundLogicalQuery"),
        ("compoundLogicalQuery:((a:1)))", 28, "Unexpected ')' after compoundLogicalQuery"),
        ("compoundLogicalQuery:" + "(" * 51 + "a:1" + ")" * 51, 71, "More than 50 nested groups"),
    ],
)
def test_errors_in_compound_queries(text: str, position: int, message: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text, compound=True)
    assert (caught.value.position, caught.value.message) == (position, message)


def test_compound_queries_are_refused_where_the_service_has_none() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("code:x compoundLogicalQuery:((a:1) OR (b:1))")
    assert caught.value.position == 7
    assert caught.value.key == "compoundLogicalQuery"


@pytest.mark.parametrize("pattern", ["[", "*a", "a{99999999999}", "(?P<1>a)", "a" * 513])
def test_a_regular_expression_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(f"code:~{pattern}")
    assert caught.value.key == "code"
    assert caught.value.position == 6


def test_a_regular_expression_python_would_warn_about_is_accepted() -> None:
    assert parse("code:~[[a]").matches(APPLE)


def test_equalities_are_the_conditions_an_index_can_answer() -> None:
    query = parse('code:x id:(a,"b c") weight:20 on:true name:~x qty:>1 note:null at:"2021-05-19T10:00:00Z"')
    assert query.equalities == (
        Equality("code", ("x",)),
        Equality("id", ("a", "b c")),
        Equality("weight", ("20", 20, 20.0)),
        Equality("on", ("true", True)),
    )
    assert [type(value) for value in query.equalities[2].values] == [str, int, float]


def test_equalities_reach_into_conjunctions_but_not_into_alternatives() -> None:
    query = parse("compoundLogicalQuery:((a:1x) AND ((b:2x) OR (c:3x)) AND (_id:4x))", compound=True)
    assert query.equalities == (Equality("a", ("1x",)), Equality("id", ("4x",)))


def test_zero_is_offered_with_both_signs() -> None:
    (equality,) = parse("n:0").equalities
    assert [repr(value) for value in equality.values] == ["'0'", "0", "0.0", "-0.0"]


def test_numbers_beyond_64_bits_are_not_offered_as_integers() -> None:
    (equality,) = parse("n:18446744073709551616").equalities
    assert equality.values == ("18446744073709551616", float(2**64))
    assert isinstance(equality.values[1], float)


def test_fields_are_the_keys_as_written_with_their_place() -> None:
    text = " metadataCreatedAt:exists compoundLogicalQuery:((_id:x) OR (a.b:~(y z)))"
    fields = parse(text, compound=True).fields
    assert [key for key, _ in fields] == ["metadataCreatedAt", "_id", "a.b"]
    assert all(text[position:].startswith(f"{key}:") for key, position in fields)


def test_a_query_is_read_once() -> None:
    assert parse("code:once") is parse("code:once")
    assert parse("code:once") is not parse("code:once", compound=True)
