"""What the shop sells, as tables: one line per product, so that a change is a change of one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROASTERS = "65a1f0b2c3d4e5f601000001"
KESSEL = "65a1f0b2c3d4e5f601000002"
LINDE = "65a1f0b2c3d4e5f601000011"
STRAND = "65a1f0b2c3d4e5f601000012"
ORGANIC = "65a1f0b2c3d4e5f602000001"
WARRANTY = "65a1f0b2c3d4e5f602000002"
NEW = "65a1f0b2c3d4e5f602000011"
LAST = "65a1f0b2c3d4e5f602000012"
BRANDS = {"nord": ROASTERS, "kessel": KESSEL, "linde": LINDE, "strand": STRAND, "": None}
LABELS = {"o": ORGANIC, "w": WARRANTY, "n": NEW, "l": LAST}


@dataclass(frozen=True, slots=True)
class Good:
    """One product to sell: prices in EUR with tax on the site main and in GBP without on uk."""

    number: int
    code: str
    picture: str
    color: str
    en: str
    de: str
    about_en: str
    about_de: str
    category: str
    reduced: bool
    eur: str
    gbp: str
    brand: str | None
    labels: tuple[str, ...]
    stock: int


GOODS = """
# number|code|picture|color|name en|name de|about en|about de|category|tax|EUR|GBP|brand|labels|stock
101|COF-HARBOUR-500|bag|#5b3a29|Harbour Blend 500 g|Hafenmischung 500 g|Chocolate and roasted nuts, low acidity|Schokolade und geröstete Nüsse, wenig Säure|ESPRESSO_BLENDS|r|11.90|9.60|nord||85
102|COF-HARBOUR-1000|bag|#5b3a29|Harbour Blend 1 kg|Hafenmischung 1 kg|The same blend for offices and large families|Dieselbe Mischung für Büros und große Familien|ESPRESSO_BLENDS|r|21.50|17.40|nord||60
103|COF-NIGHT-500|bag|#2b1d17|Night Shift 500 g|Nachtschicht 500 g|A fifth robusta, thick crema|Ein Fünftel Robusta, dichte Crema|ESPRESSO_BLENDS|r|10.90|8.80|nord||70
104|COF-MORNING-500|bag|#b4743c|Morning Tide 500 g|Morgenflut 500 g|Medium roast with caramel|Mittlere Röstung mit Karamell|ESPRESSO_BLENDS|r|12.40|10.00|nord|n|55
105|COF-ORGANIC-500|bag|#4d6b3c|Field Blend organic 500 g|Feldmischung Bio 500 g|Two farms, both certified|Zwei Höfe, beide zertifiziert|ESPRESSO_BLENDS|r|13.90|11.20|nord|o|48
106|COF-MOKA-250|bag|#6f4e37|Moka Pot Grind 250 g|Für den Herdkocher 250 g|Ground for the stove-top pot|Gemahlen für die Herdkanne|ESPRESSO_BLENDS|r|6.90|5.60|nord||110
107|COF-BAR-1000|bag|#3b2f2f|Bar Standard 1 kg|Barstandard 1 kg|What cafés pour into their machines|Was Cafés in ihre Maschinen füllen|ESPRESSO_BLENDS|r|19.90|16.10|nord||200
108|COF-BRAZIL-250|bag|#c68642|Brazil Fazenda Clara 250 g|Brasilien Fazenda Clara 250 g|Hazelnut and cocoa, natural process|Haselnuss und Kakao, naturbelassen getrocknet|ESPRESSO_ORIGIN|r|8.20|6.60|nord||64
109|COF-INDIA-250|bag|#8a5a2b|India Monsoon 250 g|Indien Monsun 250 g|Spice and cedar|Gewürze und Zedernholz|ESPRESSO_ORIGIN|r|8.90|7.20|nord||40
110|COF-SUMATRA-250|bag|#3f4a36|Sumatra Lake 250 g|Sumatra See 250 g|Earthy, heavy body|Erdig, voller Körper|ESPRESSO_ORIGIN|r|9.20|7.40|nord||35
111|COF-MEXICO-250|bag|#a0522d|Mexico Highland organic 250 g|Mexiko Hochland Bio 250 g|Almond and orange peel|Mandel und Orangenschale|ESPRESSO_ORIGIN|r|9.40|7.60|nord|o|30
112|COF-PERU-250|bag|#7b5e3b|Peru Cajamarca 250 g|Peru Cajamarca 250 g|Brown sugar, a gentle start|Brauner Zucker, ein sanfter Einstieg|ESPRESSO_ORIGIN|r|8.60|7.00|nord||52
113|COF-KENYA-250|bag|#b33a3a|Kenya Hillside 250 g|Kenia Hangseite 250 g|Blackcurrant and tomato leaf|Schwarze Johannisbeere und Tomatenblatt|FILTER_LIGHT|r|10.50|8.50|nord||28
114|COF-ETHIOPIA-250|bag|#d98c5f|Ethiopia Forest 250 g|Äthiopien Wald 250 g|Jasmine and peach|Jasmin und Pfirsich|FILTER_LIGHT|r|10.90|8.80|nord|n|33
115|COF-RWANDA-250|bag|#c9704a|Rwanda Lakeshore 250 g|Ruanda Seeufer 250 g|Red apple and honey|Roter Apfel und Honig|FILTER_LIGHT|r|9.90|8.00|nord||26
116|COF-PANAMA-100|bag|#d4af37|Panama Garden 100 g|Panama Garten 100 g|A small lot, numbered bags|Eine kleine Partie, nummerierte Tüten|FILTER_LIGHT|r|18.00|14.60|nord|l|6
117|COF-BURUNDI-250|bag|#c27ba0|Burundi Washed 250 g|Burundi gewaschen 250 g|Cherry and black tea|Kirsche und Schwarztee|FILTER_LIGHT|r|9.70|7.80|nord||0
118|COF-GUATEMALA-250|bag|#936639|Guatemala Valley 250 g|Guatemala Tal 250 g|Toffee and plum|Toffee und Pflaume|FILTER_MEDIUM|r|8.80|7.10|nord||58
119|COF-COLOMBIA-250|bag|#a98467|Colombia Finca Sol 250 g|Kolumbien Finca Sol 250 g|Milk chocolate and red grape|Milchschokolade und rote Traube|FILTER_MEDIUM|r|8.70|7.00|nord||77
120|COF-HONDURAS-500|bag|#7f5539|Honduras Cooperative organic 500 g|Honduras Kooperative Bio 500 g|From forty small farms|Von vierzig kleinen Höfen|FILTER_MEDIUM|r|14.20|11.50|nord|o|45
121|COF-COSTARICA-250|bag|#bc8a5f|Costa Rica Honey 250 g|Costa Rica Honey 250 g|Dried with the fruit on|Mit Fruchtfleisch getrocknet|FILTER_MEDIUM|r|10.20|8.20|nord||22
122|COF-OFFICE-1000|bag|#6c584c|Office Filter 1 kg|Bürofilter 1 kg|Good from the first pot to the last|Gut von der ersten bis zur letzten Kanne|FILTER_MEDIUM|r|17.50|14.20|nord||140
123|COF-DECAF-250|bag|#9db4c0|Decaf Colombia 250 g|Entkoffeiniert Kolumbien 250 g|Caffeine washed out with water|Mit Wasser entkoffeiniert|DECAF|r|9.10|7.30|nord||36
124|COF-HALF-250|bag|#b8c0a9|Half Caff 250 g|Halbes Koffein 250 g|Half regular, half decaf|Halb normal, halb entkoffeiniert|DECAF|r|8.90|7.20|nord|n|18
131|TEA-ASSAM-100|tin|#8b1e1e|Assam Second Flush 100 g|Assam Second Flush 100 g|Malty, takes milk well|Malzig, verträgt Milch|ASSAM|r|7.40|6.00|linde||66
132|TEA-EASTFRIESIAN-250|tin|#5c1a1b|East Frisian Blend 250 g|Ostfriesenmischung 250 g|Strong, with rock sugar and cream|Kräftig, mit Kluntje und Sahne|ASSAM|r|11.90|9.60|linde||50
133|TEA-DARJ-FIRST-100|tin|#b5a642|Darjeeling First Flush 100 g|Darjeeling First Flush 100 g|Light and flowery, spring harvest|Hell und blumig, Frühjahrsernte|DARJEELING|r|14.50|11.70|linde|l|12
134|TEA-EARLGREY-100|tin|#2f4858|Earl Grey 100 g|Earl Grey 100 g|With oil of bergamot|Mit Bergamottöl|BLACK_TEA|r|6.90|5.60|linde||90
135|TEA-BREAKFAST-100|tin|#6a2c2c|Breakfast Tea 100 g|Frühstückstee 100 g|Ceylon and Assam|Ceylon und Assam|BLACK_TEA|r|5.90|4.80|linde||120
136|TEA-SMOKED-100|tin|#1f1f1f|Smoked Tea 100 g|Rauchtee 100 g|Dried over pine wood|Über Kiefernholz getrocknet|BLACK_TEA|r|8.20|6.60|linde||15
137|TEA-SENCHA-100|tin|#6b8e23|Sencha organic 100 g|Sencha Bio 100 g|Grassy and fresh|Grasig und frisch|GREEN_TEA|r|9.80|7.90|linde|o|44
138|TEA-JASMINE-100|tin|#a3b18a|Jasmine Green 100 g|Jasmin Grün 100 g|Scented with blossoms for three nights|Drei Nächte mit Blüten beduftet|GREEN_TEA|r|8.60|7.00|linde||38
139|TEA-GENMAICHA-100|tin|#8a9a5b|Genmaicha 100 g|Genmaicha 100 g|With roasted rice|Mit geröstetem Reis|GREEN_TEA|r|7.80|6.30|linde||27
140|TEA-MATCHA-30|tin|#4f7942|Matcha 30 g|Matcha 30 g|Stone-ground, for whisking|Steingemahlen, zum Aufschlagen|GREEN_TEA|r|19.90|16.10|linde|o|9
141|TEA-GUNPOWDER-100|tin|#556b2f|Gunpowder 100 g|Gunpowder 100 g|Rolled leaves for mint tea|Gerollte Blätter für Minztee|GREEN_TEA|r|5.40|4.40|linde||71
142|TEA-MINT-50|tin|#2e8b57|Peppermint organic 50 g|Pfefferminze Bio 50 g|Whole leaves|Ganze Blätter|HERBAL_TEA|r|4.20|3.40|linde|o|83
143|TEA-CHAMOMILE-50|tin|#e3c567|Chamomile 50 g|Kamille 50 g|Flowers only|Nur Blüten|HERBAL_TEA|r|4.40|3.60|linde||60
144|TEA-ROOIBOS-100|tin|#b5541c|Rooibos Vanilla 100 g|Rooibos Vanille 100 g|Without caffeine|Ohne Koffein|HERBAL_TEA|r|5.60|4.50|linde||57
145|TEA-GINGER-75|tin|#d2a24c|Ginger and Lemongrass 75 g|Ingwer und Zitronengras 75 g|Warm and sharp|Warm und scharf|HERBAL_TEA|r|5.20|4.20|linde|n|49
146|TEA-BERRY-100|tin|#8e3b63|Berry Basket 100 g|Beerenkorb 100 g|Currant, elder and raspberry|Johannisbeere, Holunder und Himbeere|FRUIT_TEA|r|5.80|4.70|linde||41
147|TEA-APPLE-100|tin|#c94f4f|Baked Apple 100 g|Bratapfel 100 g|For the months with an R|Für die kalten Monate|FRUIT_TEA|r|5.80|4.70|linde||39
148|TEA-ORANGE-100|tin|#f28c28|Blood Orange 100 g|Blutorange 100 g|Good over ice, too|Auch auf Eis gut|FRUIT_TEA|r|6.10|4.90|linde||34
161|KET-STEEL-17|kettle|#9aa5ad|Steel Kettle 1.7 l|Stahlkessel 1,7 l|Boils a litre in four minutes|Kocht einen Liter in vier Minuten|SHOP_KETTLES|s|49.00|35.00|kessel|w|23
162|KET-VARIO-10|kettle|#3c4a53|Kettle with Thermostat 1 l|Kessel mit Thermostat 1 l|From 40 to 100 degrees in steps of one|Von 40 bis 100 Grad in Einerschritten|SHOP_KETTLES|s|119.00|85.00|kessel|w|8
163|KET-STOVE-20|kettle|#b22222|Enamel Kettle 2 l|Emailkessel 2 l|Whistles|Pfeift|SHOP_KETTLES|s|42.00|30.00|kessel||17
164|DRI-CERAMIC-02|dripper|#f5f1e8|Ceramic Dripper size 2|Keramikfilter Größe 2|For one to four cups|Für eine bis vier Tassen|DRIPPERS|s|24.00|17.00|strand||31
165|DRI-GLASS-01|dripper|#cfe8ef|Glass Dripper size 1|Glasfilter Größe 1|For one or two cups|Für eine oder zwei Tassen|DRIPPERS|s|19.50|14.00|strand||26
166|DRI-STEEL-02|dripper|#a8a9ad|Steel Dripper size 2|Stahlfilter Größe 2|Needs no paper|Braucht kein Papier|DRIPPERS|s|29.00|21.00|kessel|w|14
167|SRV-GLASS-06|server|#d9edf2|Glass Server 0.6 l|Glaskanne 0,6 l|Fits every dripper|Passt unter jeden Filter|DRIPPERS|s|22.00|16.00|strand||20
168|SRV-THERMO-10|server|#44545e|Vacuum Server 1 l|Thermoskanne 1 l|Hot for six hours|Sechs Stunden heiß|DRIPPERS|s|46.00|33.00|kessel||11
169|PRE-GLASS-03|press|#c7dfe6|French Press 0.35 l|Stempelkanne 0,35 l|Two mugs|Zwei Becher|PRESSES|s|26.00|19.00|strand||19
170|PRE-GLASS-10|press|#b9d3dc|French Press 1 l|Stempelkanne 1 l|For a full table|Für den vollen Tisch|PRESSES|s|36.00|26.00|strand||24
171|PRE-TRAVEL-04|press|#2f5d62|Travel Press 0.4 l|Reisepresse 0,4 l|Brew and drink from one cup|Aufbrühen und trinken aus einem Becher|PRESSES|s|32.00|23.00|kessel|n|13
172|GRI-HAND-02|grinder|#8d6e63|Hand Grinder with Steel Burrs|Handmühle mit Stahlmahlwerk|Forty settings|Vierzig Stufen|GRINDERS|s|89.00|64.00|kessel|w|10
173|GRI-ELEC-01|grinder|#37474f|Electric Grinder|Elektrische Mühle|Conical burrs, quiet|Kegelmahlwerk, leise|GRINDERS|s|149.00|107.00|kessel|w|7
174|GRI-ELEC-02|grinder|#1c2833|Electric Grinder with Scale|Elektrische Mühle mit Waage|Stops at the weight that you set|Hält beim eingestellten Gewicht an|GRINDERS|s|229.00|164.00|kessel|w|4
175|SCA-BASIC-01|scale|#263238|Kitchen Scale|Küchenwaage|In steps of a gram|In Grammschritten|SCALES|s|19.00|14.00|strand||40
176|SCA-BREW-01|scale|#455a64|Brewing Scale with Timer|Brühwaage mit Uhr|In steps of a tenth of a gram|In Zehntelgrammschritten|SCALES|s|54.00|39.00|strand|n|16
177|PAP-WHITE-02|paper|#faf7ef|Filter Papers size 2, 100 pieces|Filterpapier Größe 2, 100 Stück|Bleached with oxygen|Mit Sauerstoff gebleicht|PAPERS|s|4.90|3.50|strand||300
178|PAP-BROWN-02|paper|#c9a66b|Filter Papers brown size 2, 100 pieces|Filterpapier braun Größe 2, 100 Stück|Unbleached|Ungebleicht|PAPERS|s|4.50|3.20|strand|o|280
179|PAP-TEA-100|paper|#e6dcc6|Tea Filters, 100 pieces|Teefilter, 100 Stück|For pots up to a litre|Für Kannen bis zu einem Liter|PAPERS|s|3.90|2.80|linde||190
181|MAC-LEVER-01|machine|#7b7d7d|Lever Machine Classic|Handhebelmaschine Klassik|No pump, only your arm|Keine Pumpe, nur der eigene Arm|MACHINES|s|549.00|392.00|kessel|w|3
182|MAC-SINGLE-01|machine|#566573|Single Boiler Machine|Einkreismaschine|Ready in three minutes|In drei Minuten bereit|MACHINES|s|399.00|285.00|kessel|w|5
183|MAC-DUAL-01|machine|#212f3d|Dual Boiler Machine|Zweikreismaschine|Brews and steams at the same time|Brüht und dampft zugleich|MACHINES|s|899.00|642.00|kessel|w|2
184|MAC-MOKA-06|moka|#95a5a6|Moka Pot for six|Herdkanne für sechs|Aluminium, for gas and electric|Aluminium, für Gas und Elektro|MACHINES|s|34.00|24.00|kessel||29
185|CAR-DESCALE-500|bottle|#5dade2|Descaler 500 ml|Entkalker 500 ml|Citric acid, ten uses|Zitronensäure, zehn Anwendungen|CARE|s|8.90|6.40|kessel||75
186|CAR-TABS-60|bottle|#48c9b0|Cleaning Tablets, 60 pieces|Reinigungstabletten, 60 Stück|For machines with a blind filter|Für Maschinen mit Blindsieb|CARE|s|12.50|8.90|kessel||62
187|CAR-BRUSH-01|bottle|#d7bde2|Group Head Brush|Brühkopfbürste|Keeps your fingers away from the heat|Hält die Finger von der Hitze fern|CARE|s|7.20|5.10|kessel||47
188|CAR-CLOTH-03|cloth|#f5b7b1|Bar Cloths, 3 pieces|Bartücher, 3 Stück|One for steam, one for the table, one clean|Eins für Dampf, eins für den Tisch, eins sauber|CARE|s|9.80|7.00|strand||54
191|GLA-ESPRESSO-02|glass|#dff3f7|Espresso Glasses, 2 pieces|Espressogläser, 2 Stück|Double-walled|Doppelwandig|GLASS|s|16.50|11.80|strand||37
192|GLA-LATTE-02|glass|#e8f6f3|Latte Glasses, 2 pieces|Latte-Gläser, 2 Stück|A third of a litre|Ein Drittel Liter|GLASS|s|18.50|13.20|strand||32
193|GLA-TEA-04|glass|#fdebd0|Tea Glasses, 4 pieces|Teegläser, 4 Stück|With a saucer each|Mit je einer Untertasse|GLASS|s|21.00|15.00|linde||18
194|GLA-CARAFE-10|glass|#d6eaf8|Cold Brew Carafe 1 l|Cold-Brew-Karaffe 1 l|With a fine sieve|Mit feinem Sieb|GLASS|s|33.00|23.60|strand|n|12
201|CHO-DARK-100|bar|#3e2723|Dark Chocolate with Coffee 100 g|Zartbitterschokolade mit Kaffee 100 g|72 percent cocoa|72 Prozent Kakao|CHOCOLATE|r|4.60|3.70|nord|o|95
202|CHO-MILK-100|bar|#795548|Milk Chocolate with Hazelnut 100 g|Milchschokolade mit Haselnuss 100 g|Roasted in-house|Selbst geröstet|CHOCOLATE|r|4.20|3.40|nord||88
203|CHO-BEANS-150|bar|#4e342e|Coffee Beans in Chocolate 150 g|Kaffeebohnen in Schokolade 150 g|Do not eat them at night|Nicht nachts essen|CHOCOLATE|r|5.90|4.80|nord||0
204|BIS-SHORT-200|biscuit|#e0b878|Shortbread 200 g|Mürbegebäck 200 g|Butter, flour, sugar|Butter, Mehl, Zucker|BISCUITS|r|5.40|4.40|linde||51
205|BIS-ALMOND-150|biscuit|#c69c6d|Almond Biscuits 150 g|Mandelgebäck 150 g|Baked twice|Zweimal gebacken|BISCUITS|r|4.90|4.00|linde||46
206|BIS-OAT-250|biscuit|#b08d57|Oat Biscuits 250 g|Haferkekse 250 g|With sea salt|Mit Meersalz|BISCUITS|r|4.40|3.60|linde|o|58
"""

VARIANTS = """
# parent|picture|color|name en|name de|attributes|category|EUR|GBP, then one line per variant below
65d0a1b2c3d4e5f604000301|MUG-PORCELAIN|mug|#f4f6f7|Porcelain Mug|Porzellanbecher|color=WHITE,GREEN;size=S,L|STONEWARE|10.50,12.50|7.50,8.90
65d0a1b2c3d4e5f604000311|MUG-ENAMEL|mug|#1a5276|Enamel Mug|Emailbecher|color=BLUE,RED;size=S,L|STONEWARE|13.00,15.00|9.30,10.70
65d0a1b2c3d4e5f604000321|APRON-LINEN|apron|#839192|Linen Apron|Leinenschürze|color=GREY,BLUE;size=M,L|APRONS|39.00,39.00|27.90,27.90
"""

BUNDLES = """
# number|code|name en|name de|about en|about de|parts|EUR|GBP
401|SET-FILTER-START|Filter Starter Set|Startpaket Filter|Everything for the first cup by hand|Alles für die erste Tasse von Hand|164:1,167:1,177:1,119:1|55.00|42.00
402|SET-TEA-TASTING|Tea Tasting|Teeprobe|One of each kind|Von jeder Art eine|135:1,138:1,144:1,146:1|22.90|18.50
403|SET-PRESS|Press and Coffee|Presse und Kaffee|A press and a bag to try it with|Eine Presse und eine Tüte zum Ausprobieren|170:1,118:1|42.00|31.00
404|SET-SWEET|Coffee and Chocolate|Kaffee und Schokolade|A present that is never wrong|Ein Geschenk, das immer passt|101:1,201:2|19.90|16.00
405|SET-BEANS-LOVER|Bean Lover's Box|Kiste für Bohnenfreunde|With beans in chocolate, when there are any|Mit Bohnen in Schokolade, wenn es sie gibt|114:1,203:1|15.90|12.80
"""

CATEGORIES = """
# number|code|parent|en|de
11|ESPRESSO_BLENDS|3|Espresso blends|Espressomischungen
12|ESPRESSO_ORIGIN|3|Single origin espresso|Sortenreiner Espresso
13|FILTER_LIGHT|4|Light roasts|Helle Röstungen
14|FILTER_MEDIUM|4|Medium roasts|Mittlere Röstungen
15|DECAF|1|Less caffeine|Weniger Koffein
21|SHOP_KETTLES|6|Water kettles|Wasserkocher
22|DRIPPERS|6|Drippers and servers|Filter und Kannen
23|PRESSES|6|Presses|Stempelkannen
24|GRINDERS|6|Grinders|Mühlen
25|SCALES|6|Scales|Waagen
26|PAPERS|6|Filter papers|Filterpapier
27|MACHINES|2|Machines|Maschinen
28|CARE|2|Care|Pflege
29|STONEWARE|5|Porcelain and enamel|Porzellan und Email
30|GLASS|5|Glasses|Gläser
31|APRONS|2|Aprons|Schürzen
41|BLACK_TEA|7|Black tea|Schwarztee
42|GREEN_TEA|7|Green tea|Grüntee
43|HERBAL_TEA|7|Herbs|Kräuter
44|FRUIT_TEA|7|Fruit|Früchte
45|DARJEELING|41|Darjeeling|Darjeeling
46|ASSAM|41|Assam|Assam
51|TREATS||Treats|Süßes
52|CHOCOLATE|51|Chocolate|Schokolade
53|BISCUITS|51|Biscuits|Gebäck
54|GIFTS||Gifts|Geschenke
"""


def lines(table: str) -> Iterator[list[str]]:
    """The rows of a table, comments left out."""
    for line in table.strip().splitlines():
        if not line.startswith("#"):
            yield line.split("|")


def goods() -> Iterator[Good]:
    """The single products."""
    for row in lines(GOODS):
        (
            number,
            code,
            picture,
            color,
            en,
            de,
            about_en,
            about_de,
            category,
            tax,
            eur,
            gbp,
            brand,
            marks,
            stock,
        ) = row
        yield Good(
            int(number),
            code,
            picture,
            color,
            en,
            de,
            about_en,
            about_de,
            category,
            tax == "r",
            eur,
            gbp,
            BRANDS[brand],
            tuple(LABELS[mark] for mark in marks),
            int(stock),
        )
