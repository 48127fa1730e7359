"""The things of the small world by category, and what one does with them, each with its Chinese word."""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite_sources.world.tables import Pairs, blocks, pairs


@dataclass(frozen=True)
class Category:
    """A kind of things."""

    name: str
    """In English, as all concepts of this package are named ("bird")."""

    classifier: str
    """The measure word of Chinese with which its members are counted; empty: they are not counted."""

    members: tuple[str, ...]


def _categories() -> tuple[tuple[Category, ...], Pairs]:
    found, words = [], []
    for head, members in blocks(_TEXT):
        name, chinese, *classifier = head.split()
        of_category = pairs(members)
        found.append(Category(name, "".join(classifier), tuple(english for english, _ in of_category)))
        words += [(name, chinese), *of_category]
    return tuple(found), tuple(words)


_TEXT = """
bird 鸟 只
sparrow 麻雀, robin 知更鸟, swallow 燕子, crow 乌鸦, pigeon 鸽子, owl 猫头鹰, eagle 老鹰, heron 苍鹭, parrot 鹦鹉,
seagull 海鸥,
starling 椋鸟, magpie 喜鹊, blackbird 乌鸫, swan 天鹅, peacock 孔雀

fish 鱼 条
trout 鳟鱼, salmon 鲑鱼, herring 鲱鱼, carp 鲤鱼, cod 鳕鱼, tuna 金枪鱼, pike 梭子鱼, perch 鲈鱼, sardine 沙丁鱼,
goldfish 金鱼,
shark 鲨鱼, eel 鳗鱼

insect 昆虫 只
ant 蚂蚁, bee 蜜蜂, wasp 黄蜂, beetle 甲虫, butterfly 蝴蝶, moth 飞蛾, mosquito 蚊子, fly 苍蝇, cicada 蝉,
grasshopper 蚱蜢,
ladybird 瓢虫, dragonfly 蜻蜓

beast 野兽 头
lion 狮子, tiger 老虎, leopard 豹子, wolf 狼, bear 熊, fox 狐狸, hyena 鬣狗, jackal 豺, cheetah 猎豹, lynx 猞猁,
badger 獾,
elephant 大象, monkey 猴子

livestock 家畜 头
cow 奶牛, horse 马, sheep 绵羊, goat 山羊, donkey 驴, mule 骡子, pony 小马, lamb 羊羔, calf 牛犊, bull 公牛, pig 猪,
camel 骆驼,
buffalo 水牛

fruit 水果 个
apple 苹果, pear 梨, plum 李子, peach 桃子, cherry 樱桃, orange 橙子, lemon 柠檬, banana 香蕉, apricot 杏,
mango 芒果, fig 无花果,
melon 甜瓜, kiwi 猕猴桃, grapefruit 柚子, strawberry 草莓, pineapple 菠萝

vegetable 蔬菜 个
carrot 胡萝卜, cabbage 卷心菜, potato 土豆, turnip 芜菁, leek 韭葱, radish 萝卜, cucumber 黄瓜, pumpkin 南瓜,
cauliflower 花椰菜,
aubergine 茄子, beetroot 甜菜, tomato 西红柿, onion 洋葱

drink 饮料
lemonade 柠檬水, coffee 咖啡, tea 茶, cocoa 可可, beer 啤酒, cider 苹果酒, wine 葡萄酒, whisky 威士忌, milk 牛奶,
juice 果汁,
vodka 伏特加, champagne 香槟

dish 菜肴 份
pie 馅饼, lasagne 千层面, omelette 煎蛋卷, pizza 披萨, pancake 薄煎饼, risotto 烩饭, stew 炖菜, pudding 布丁,
dumpling 饺子,
sandwich 三明治, salad 沙拉, casserole 砂锅菜

tool 工具 把
hammer 锤子, screwdriver 螺丝刀, chisel 凿子, drill 钻头, wrench 扳手, shovel 铁锹, rake 耙子, axe 斧头,
crowbar 撬棍, hoe 锄头,
sickle 镰刀, trowel 泥铲

furniture 家具 件
table 桌子, chair 椅子, sofa 沙发, wardrobe 衣柜, cupboard 橱柜, desk 书桌, bed 床, bookcase 书柜, stool 凳子,
bench 长椅,
armchair 扶手椅, dresser 梳妆台

garment 衣服 件
shirt 衬衫, jacket 夹克, skirt 裙子, sweater 毛衣, dress 连衣裙, vest 背心, scarf 围巾, cardigan 开衫, apron 围裙,
coat 外套,
robe 长袍, cloak 斗篷

vehicle 车辆 辆
bus 公共汽车, van 面包车, lorry 卡车, taxi 出租车, tractor 拖拉机, limousine 豪华轿车, jeep 吉普车, motorcycle 摩托车,
ambulance 救护车, tram 电车, bicycle 自行车, carriage 马车

instrument 乐器 件
violin 小提琴, piano 钢琴, flute 长笛, guitar 吉他, cello 大提琴, trumpet 小号, clarinet 单簧管, harp 竖琴, drum 鼓,
oboe 双簧管,
trombone 长号, organ 管风琴

container 容器 个
box 盒子, basket 篮子, barrel 木桶, crate 板条箱, jar 罐子, suitcase 手提箱, bucket 水桶, chest 箱子, carton 纸箱,
pouch 小袋,
tub 浴盆, bottle 瓶子, sack 麻袋, vase 花瓶

weapon 武器 件
sword 剑, spear 长矛, dagger 匕首, pistol 手枪, rifle 步枪, cannon 大炮, musket 火枪, sabre 军刀, lance 骑枪,
crossbow 弩,
bayonet 刺刀, arrow 箭

tree 树 棵
oak 橡树, beech 山毛榉, birch 白桦, maple 枫树, willow 柳树, elm 榆树, poplar 杨树, pine 松树, spruce 云杉,
fir 冷杉, cedar 雪松,
cypress 柏树

flower 花 朵
rose 玫瑰, tulip 郁金香, daisy 雏菊, lily 百合, violet 紫罗兰, daffodil 水仙, orchid 兰花, sunflower 向日葵,
carnation 康乃馨,
poppy 罂粟, marigold 万寿菊, dandelion 蒲公英

metal 金属
iron 铁, copper 铜, silver 银, gold 金子, tin 锡, zinc 锌, nickel 镍, aluminium 铝, steel 钢, bronze 青铜,
brass 黄铜, platinum 铂

cloth 布料
cotton 棉布, silk 丝绸, wool 羊毛, linen 亚麻布, velvet 天鹅绒, satin 缎子, denim 牛仔布, flannel 法兰绒, lace 蕾丝,
nylon 尼龙,
tweed 粗花呢

gem 宝石 颗
diamond 钻石, ruby 红宝石, emerald 祖母绿, sapphire 蓝宝石, pearl 珍珠, opal 蛋白石, topaz 黄玉, amethyst 紫水晶,
garnet 石榴石,
moonstone 月光石, agate 玛瑙

sport 运动
football 足球, tennis 网球, hockey 曲棍球, basketball 篮球, cricket 板球, rugby 橄榄球, volleyball 排球,
handball 手球,
badminton 羽毛球, baseball 棒球, golf 高尔夫球, squash 壁球

dance 舞蹈
waltz 华尔兹, tango 探戈, polka 波尔卡, foxtrot 狐步舞, rumba 伦巴, samba 桑巴, salsa 萨尔萨, mambo 曼波,
flamenco 弗拉门戈,
minuet 小步舞

science 科学
physics 物理学, chemistry 化学, biology 生物学, geology 地质学, astronomy 天文学, botany 植物学, zoology 动物学,
mathematics 数学,
ecology 生态学, genetics 遗传学, optics 光学

disease 疾病
measles 麻疹, flu 流感, mumps 腮腺炎, malaria 疟疾, cholera 霍乱, asthma 哮喘, bronchitis 支气管炎, pneumonia 肺炎,
tuberculosis 肺结核, diabetes 糖尿病, smallpox 天花

crime 罪行
theft 盗窃, murder 谋杀, robbery 抢劫, fraud 诈骗, blackmail 敲诈, arson 纵火, smuggling 走私, forgery 伪造,
kidnapping 绑架,
bribery 贿赂, perjury 伪证

building 建筑物 座
castle 城堡, palace 宫殿, cottage 村舍, villa 别墅, cathedral 大教堂, temple 寺庙, skyscraper 摩天大楼, chapel 小教堂,
lighthouse 灯塔, mansion 豪宅, hut 小屋, bungalow 平房
"""

CATEGORIES, WORDS = _categories()
CATEGORY_OF = {member: category for category in CATEGORIES for member in category.members}
"""The category of each member."""

UNCOUNTABLE = frozenset(member for member, category in CATEGORY_OF.items() if not category.classifier) - frozenset(
    member for category in CATEGORIES if category.name == "dance" for member in category.members
)
"""Nouns that take no indefinite article in English."""

MASS = frozenset({"livestock", "furniture", "fruit", "cloth"})
"""Names of categories that take no indefinite article in English, or none with this meaning."""

ACTS: dict[str, tuple[str, ...]] = {}
"""Verb -> the categories of what it is done to."""
VERBS: list[tuple[str, str]] = []
for _line in """
eat 吃: fruit vegetable dish
cook 煮: vegetable dish
taste 品尝: fruit dish drink
peel 剥: fruit vegetable
drain 喝光: drink
pour 倒: drink
spill 洒: drink
watch 观察: bird insect beast
feed 喂: bird livestock fish
catch 抓: fish insect
hear 听见: bird beast instrument
hunt 追捕: beast
fear 害怕: beast insect disease
tame 驯服: beast livestock
brush 刷洗: livestock
use 使用: tool container vehicle
sharpen 磨: tool
lose 丢失: tool container
move 搬动: furniture container
build 建造: building furniture
wear 穿戴: garment
wash 洗: garment vegetable
sew 缝: garment cloth
fold 折叠: garment cloth
weave 编织: cloth
drive 驾驶: vehicle
repair 修理: vehicle furniture instrument tool
play 演奏: instrument
practise 练习: instrument sport dance
learn 学习: science dance sport
teach 教: science dance sport
study 研究: science disease
open 打开: container building
fill 装满: container
carry 搬运: container
draw 画: building flower tree bird
raise 举起: weapon
hide 藏: weapon gem metal
throw 扔: weapon
polish 擦亮: gem metal weapon
climb 爬上: tree building
cut 切: vegetable cloth
grow 种植: tree flower vegetable
pick 采摘: flower fruit
smell 闻: flower dish
melt 熔化: metal
weigh 称: metal gem fruit
sell 卖: fruit cloth gem vehicle furniture livestock
steal 偷: gem metal vehicle
admire 欣赏: building flower gem dance
paint 粉刷: building furniture
visit 参观: building
treat 治疗: disease
describe 描述: disease science building
commit 犯下: crime
deny 否认: crime
confess 招认: crime
punish 惩罚: crime
buy 买: fruit vegetable drink dish tool furniture garment vehicle instrument container gem fish
find 找到: tool garment container weapon gem metal bird insect
forget 忘记: science dance tool garment
mention 提到: sport science crime disease building metal
""".strip().splitlines():
    _verb, _of = _line.split(": ")
    VERBS.append((_verb.split()[0], _verb.split()[1]))
    ACTS[VERBS[-1][0]] = tuple(_of.split())
