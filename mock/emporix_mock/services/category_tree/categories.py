"""Categories: what they are, and the lists and searches of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud, translation
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.sorting import parse_sort
from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.engine.translation import MAPS
from emporix_mock.platform.assets import assets_of
from emporix_mock.rules.members import without_gaps
from emporix_mock.services.category_tree.declared import (
    CODE,
    CONSTRAINT,
    CYCLE,
    DUPLICATE,
    ECN,
    PARENT,
    PUBLISH,
    PUBLISHING,
    ROOT,
    SORT_LANGUAGE,
    UNPUBLISH,
    missing,
    need_scope,
    refusal,
    service,
    unpublished,
)
from emporix_mock.services.category_tree.family import (
    COLLECTION,
    ancestors,
    classification_mixins,
)
from emporix_mock.services.category_tree.telling import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext, Result
    from emporix_mock.engine.localization import Reading
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SORTABLE = frozenset(
    (
        "id",
        "code",
        "ecn",
        "type",
        "parentId",
        "position",
        "published",
        "localizedName",
        "localizedDescription",
        "localizedSlug",
        "validity.from",
        "validity.to",
        "metadata.createdAt",
        "metadata.modifiedAt",
        "metadata.version",
    )
)


LOCALIZED = ("localizedName", "localizedDescription", "localizedSlug")


# What happens at every write and every answer.


def _prepare(ctx: RequestContext, state: State, new: Document, old: Document | None) -> None:
    for name, value in {"type": "STANDARD", "position": 0, "validity": {}, "mixins": {}}.items():
        if new.get(name) is None:
            new[name] = value
    for name in ("code", "ecn"):
        if name in new and new[name] is None:
            del new[name]
    _check_place(state, new)
    if new["type"] == "CLASSIFICATION" and not new.get("code"):
        raise refusal(CODE, CONSTRAINT, "Code of a classification category must not be empty")
    taken = state.collection(COLLECTION)
    for number in new.get("ecn") or ():
        if any(key != new["id"] for key in taken.find("ecn", number)):
            text = "Duplicated ECN value - given ECN is already assigned to another category.'"
            raise refusal(ECN, text)
    before = bool(old and old["published"])
    if new["published"] and not before:
        need_scope(PUBLISHING, ctx, PUBLISH)
    elif before and not new["published"]:
        need_scope(PUBLISHING, ctx, UNPUBLISH)


def _check_place(state: State, new: Document) -> None:
    """The parent exists, is of the same type and does not stand below the category itself."""
    above = new.get("parentId")
    if above is None or above == ROOT:
        new.pop("parentId", None)
        return
    parent = state.collection(COLLECTION).get(above)
    if above != new["id"] and parent is None:
        raise refusal(PARENT, CONSTRAINT, f"Parent category with id '{above}' not found")
    if parent is None or new["id"] in (above, *(found["id"] for found in ancestors(state, parent))):
        raise refusal(CYCLE, CONSTRAINT, "A category must not stand below itself")
    if parent["type"] != new["type"]:
        raise refusal(PARENT, CONSTRAINT, "Parent and child category must have the same type")


def _present(ctx: RequestContext, state: State, document: Document) -> Document:
    """With what only answers have: plain texts, inherited classification mixins, media."""
    plain_texts(state, document)
    inherited = classification_mixins(state, document)
    if inherited:
        document["classificationMixins"] = inherited
    if ctx.query.get("expandSupercategoriesIds"):
        document["supercategoriesIds"] = [found["id"] for found in ancestors(state, document)]
    document["media"] = [_medium(asset) for asset in assets_of(ctx, state, "CATEGORY", document["id"])]
    return document


def plain_texts(state: State, document: Document) -> None:
    """The deprecated `name` and `description`: the texts of the tenant's default language."""
    language = languages_of(state)[0]
    for name, field in (("name", "localizedName"), ("description", "localizedDescription")):
        text = (document.get(field) or {}).get(language)
        if text is not None:
            document[name] = text


def _medium(asset: Document) -> Document:
    times = {name: asset["metadata"][name] for name in ("createdAt", "modifiedAt")}
    shown = {
        "id": asset["id"],
        "url": asset.get("url"),
        "contentType": (asset.get("details") or {}).get("mimeType"),
        "metadata": times,
        "mixins": asset.get("mixins"),
    }
    return without_gaps(shown)


def _visible(ctx: RequestContext, _state: State, document: Document) -> bool:
    """Reading hides unpublished categories unless asked; writing reaches them all."""
    return bool(document["published"] or not ctx.about.reads or ctx.query.get("showUnpublished"))


def _duplicate(category_id: str) -> Any:
    return refusal(DUPLICATE, f"Category with id '{category_id}' already exists.")


CATEGORIES = service.resource(
    Resource(
        path="/category/{tenant}/categories",
        collection=COLLECTION,
        new_id="uuid",
        fixed=("type",),
        localized=LOCALIZED,
        languages=replace(MAPS),
        filters={
            **dict.fromkeys(("code", *LOCALIZED), ""),
            "validityFrom": ">=validity.from",
            "validityTo": "<=validity.to",
            "metadataModifiedAt": ">=metadata.modifiedAt",
        },
        sortable=SORTABLE,
        prepare=_prepare,
        present=_present,
        visible=_visible,
        sees_all=lambda ctx: not ctx.about.reads or bool(ctx.query.get("showUnpublished")),
        seen=lambda _ctx, _state: {"published": (True,)},
        missing=missing,
        duplicate=_duplicate,
        event="category",
        payload=told,
    )
)
service.collection(
    COLLECTION,
    computed=("name", "description", "classificationMixins", "supercategoriesIds", "media"),
    references={"parentId": "category-tree/categories"},
)
service.alias_parameter(
    "DELETE-category-tree-remove-category",
    "recursive",
    "withSubcategories",
    source="category document: the old name of the parameter",
)


# Operations.


def _check_sort(ctx: RequestContext, reading: Reading) -> None:
    """A language to sort by is one of the tenant that the request accepts (category document, sort)."""
    for key in parse_sort(ctx.query.get("sort") or ""):
        field, _, language = key.path.partition(".")
        if field in LOCALIZED and language and language not in reading.languages:
            raise refusal(SORT_LANGUAGE, CONSTRAINT, f"Sorting by language '{language}' is not supported")


def _has(field: str, text: str, languages: tuple[str, ...]) -> Callable[[Document], bool]:
    """Whether a text in one of the languages contains another, whatever the case."""
    wanted = text.casefold()

    def test(found: Document) -> bool:
        texts = found.get(field) or {}
        return any(wanted in str(texts.get(language) or "").casefold() for language in languages)

    return test


def _asked(ctx: RequestContext, reading: Reading) -> dict[object, Callable[[Document], bool]]:
    """The tests that the parameters ask for."""
    tests: dict[object, Callable[[Document], bool]] = {}
    code = (ctx.query.get("code") or "").casefold()
    if code:
        tests["code", code] = lambda found: str(found.get("code") or "").casefold() == code
    if ctx.query.get("showRoots"):
        tests["roots"] = lambda found: not found.get("parentId")
    for name in LOCALIZED:
        if text := ctx.query.get(name):
            tests[name, text, reading.languages] = _has(name, text, reading.languages)
    return tests


@service.operation("GET-category-tree-list-categories")
@service.operation("POST-category-tree-search-categories")
def list_categories(ctx: RequestContext, state: State) -> Result:
    """A page of the categories."""
    unpublished(ctx)
    accepted = translation.reading(CATEGORIES.languages, ctx, state)
    if accepted.shape == "map":
        accepted = replace(accepted, languages=languages_of(state)[1])
    _check_sort(ctx, accepted)
    return crud.listing(CATEGORIES, ctx, state, tests=_asked(ctx, accepted))


@service.operation("GET-category-tree-retrieve-category")
def read(ctx: RequestContext, state: State) -> Document:
    """One category."""
    unpublished(ctx)
    return CATEGORIES.answer(ctx, state, crud.read(CATEGORIES, ctx, state, ctx.path["categoryId"]))
