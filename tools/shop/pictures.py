"""Drawings of what the shop sells: plain shapes in the product's color, as SVG."""

from __future__ import annotations

INK = "#2d2a26"

SHAPES = {
    "bag": (
        '<path d="M58 40h84l8 130H50z" fill="{color}"/><path d="M58 40h84l-4 16H62z" fill="{ink}"/>'
        '<rect x="72" y="88" width="56" height="44" rx="4" fill="#fff"/>'
        '<ellipse cx="100" cy="110" rx="11" ry="15" fill="{color}"/>'
        '<path d="M100 96q-6 14 0 28" fill="none" stroke="#fff" stroke-width="3"/>'
    ),
    "tin": (
        '<rect x="56" y="52" width="88" height="118" rx="8" fill="{color}"/>'
        '<rect x="52" y="40" width="96" height="20" rx="6" fill="{ink}"/>'
        '<path d="M100 86c26 10 26 40 0 56c-26-16-26-46 0-56z" fill="#fff"/>'
        '<path d="M100 94v42" stroke="{color}" stroke-width="3"/>'
    ),
    "kettle": (
        '<path d="M62 160h80l-10-84H72z" fill="{color}"/><path d="M70 100L34 72l6-6 34 16z" fill="{color}"/>'
        '<path d="M132 80q42 4 30 60" fill="none" stroke="{ink}" stroke-width="9"/>'
        '<rect x="80" y="62" width="44" height="14" rx="6" fill="{ink}"/>'
    ),
    "dripper": (
        '<path d="M50 60h100l-34 70H84z" fill="{color}" stroke="{ink}" stroke-width="4"/>'
        '<rect x="66" y="130" width="68" height="10" rx="4" fill="{ink}"/>'
        '<path d="M150 74q24 6 0 36" fill="none" stroke="{ink}" stroke-width="6"/>'
        '<path d="M84 72l10 46M116 72l-10 46" stroke="{ink}" stroke-width="2"/>'
    ),
    "server": (
        '<path d="M66 50h60l18 110H54z" fill="{color}" stroke="{ink}" stroke-width="4"/>'
        '<path d="M60 110h78l6 50H54z" fill="#6f4e37"/>'
        '<path d="M132 66q38 10 18 70" fill="none" stroke="{ink}" stroke-width="8"/>'
    ),
    "press": (
        '<rect x="62" y="66" width="72" height="100" rx="6" fill="{color}" stroke="{ink}" stroke-width="4"/>'
        '<rect x="66" y="110" width="64" height="52" fill="#6f4e37"/>'
        '<path d="M98 34v74M66 108h64" stroke="{ink}" stroke-width="5"/><circle cx="98" cy="32" r="8" fill="{ink}"/>'
        '<path d="M134 82q30 4 0 60" fill="none" stroke="{ink}" stroke-width="8"/>'
    ),
    "grinder": (
        '<rect x="66" y="110" width="68" height="58" rx="4" fill="{color}"/><path d="M66 70h68l-14 40H80z" fill="{ink}"/>'
        '<path d="M100 70V42h44" fill="none" stroke="{ink}" stroke-width="6"/>'
        '<circle cx="146" cy="42" r="8" fill="{color}"/>'
        '<rect x="82" y="134" width="36" height="20" rx="3" fill="#fff"/>'
    ),
    "scale": (
        '<rect x="40" y="112" width="120" height="44" rx="10" fill="{color}"/>'
        '<rect x="52" y="96" width="96" height="12" rx="6" fill="{ink}"/>'
        '<rect x="76" y="124" width="48" height="20" rx="3" fill="#cfe8cf"/>'
    ),
    "paper": (
        '<path d="M46 60h108l-30 96H76z" fill="{color}" stroke="{ink}" stroke-width="3"/>'
        '<path d="M56 70h88M62 88h76" stroke="{ink}" stroke-width="1"/>'
    ),
    "machine": (
        '<rect x="44" y="46" width="112" height="36" rx="8" fill="{color}"/>'
        '<rect x="44" y="82" width="36" height="76" fill="{color}"/>'
        '<rect x="40" y="154" width="120" height="14" rx="4" fill="{ink}"/>'
        '<rect x="102" y="82" width="30" height="12" fill="{ink}"/>'
        '<path d="M104 124h28v22q-14 12-28 0z" fill="#fff" stroke="{ink}" stroke-width="3"/>'
        '<circle cx="62" cy="64" r="8" fill="#fff"/>'
    ),
    "moka": (
        '<path d="M70 166h60l-10-60H80z" fill="{color}"/><path d="M80 104h40l12-52H68z" fill="{color}"/>'
        '<rect x="78" y="100" width="44" height="8" fill="{ink}"/>'
        '<path d="M130 60q32 6 18 50" fill="none" stroke="{ink}" stroke-width="9"/>'
        '<circle cx="100" cy="44" r="7" fill="{ink}"/>'
    ),
    "bottle": (
        '<path d="M74 76q0-18 16-22v-18h20v18q16 4 16 22v92H74z" fill="{color}"/>'
        '<rect x="88" y="28" width="24" height="14" rx="4" fill="{ink}"/>'
        '<rect x="82" y="100" width="36" height="40" rx="4" fill="#fff"/>'
    ),
    "cloth": (
        '<path d="M44 60q56-18 112 0v90q-56 18-112 0z" fill="{color}"/>'
        '<path d="M44 78q56-18 112 0M44 132q56 18 112 0" fill="none" stroke="#fff" stroke-width="5"/>'
    ),
    "glass": (
        '<path d="M64 44h72l-10 120H74z" fill="{color}" stroke="{ink}" stroke-width="4"/>'
        '<path d="M70 96h60l-6 64H76z" fill="#6f4e37"/><path d="M69 84h62l-1 14H70z" fill="#e8d3b0"/>'
    ),
    "bar": (
        '<rect x="58" y="38" width="84" height="128" rx="6" fill="{color}"/>'
        '<rect x="58" y="92" width="84" height="74" rx="6" fill="#c0392b"/>'
        '<path d="M86 38v54M114 38v54M58 65h84" stroke="{ink}" stroke-width="3"/>'
    ),
    "biscuit": (
        '<circle cx="84" cy="96" r="40" fill="{color}"/>'
        '<circle cx="124" cy="124" r="36" fill="{color}" stroke="#fff" stroke-width="4"/>'
        '<g fill="{ink}"><circle cx="72" cy="84" r="4"/><circle cx="94" cy="80" r="4"/><circle cx="116" cy="116" r="4"/>'
        '<circle cx="136" cy="132" r="4"/><circle cx="114" cy="138" r="4"/></g>'
    ),
    "mug": (
        '<rect x="52" y="62" width="80" height="92" rx="10" fill="{color}" stroke="{ink}" stroke-width="3"/>'
        '<path d="M132 84q36 0 30 30t-30 22" fill="none" stroke="{ink}" stroke-width="9"/>'
        '<ellipse cx="92" cy="66" rx="36" ry="8" fill="#6f4e37"/>'
    ),
    "apron": (
        '<path d="M74 50h52l6 34 20 12v72H48V96l20-12z" fill="{color}"/>'
        '<path d="M76 50q24-34 48 0" fill="none" stroke="{ink}" stroke-width="5"/>'
        '<rect x="76" y="112" width="48" height="32" fill="none" stroke="#fff" stroke-width="4"/>'
    ),
    "box": (
        '<rect x="46" y="76" width="108" height="86" rx="4" fill="{color}"/>'
        '<rect x="40" y="62" width="120" height="22" rx="4" fill="{color}" stroke="#fff" stroke-width="3"/>'
        '<rect x="92" y="62" width="16" height="100" fill="#c0392b"/>'
        '<path d="M100 62q-30-40-34-12q4 12 34 12q30 0 34-12q-4-28-34 12" fill="#c0392b"/>'
    ),
}


def draw(shape: str, color: str) -> str:
    """The picture of a product as an SVG document of 200 by 200."""
    body = SHAPES[shape].format(color=color, ink=INK)
    background = '<rect width="200" height="200" rx="12" fill="#f3efe7"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">{background}{body}</svg>'
