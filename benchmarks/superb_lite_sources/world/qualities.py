"""Qualities, in pairs of opposites, places, times and numbers of the small world."""

from __future__ import annotations

from superb_lite_sources.world.tables import opposites, pairs

_OF_THINGS = """
big 大 / small 小, hot 热 / cold 冷, wet 湿 / dry 干, clean 干净 / dirty 脏, old 旧 / new 新, fast 快 / slow 慢,
loud 吵闹 / quiet 安静, heavy 重 / light 轻, empty 空 / full 满, bright 明亮 / dark 昏暗, hard 硬 / soft 软,
cheap 便宜 / expensive 昂贵, tall 高 / short 矮, wide 宽 / narrow 窄, thick 厚 / thin 薄, deep 深 / shallow 浅,
sharp 锋利 / blunt 钝, sweet 甜 / sour 酸, fresh 新鲜 / stale 陈腐, smooth 光滑 / rough 粗糙,
straight 直 / crooked 弯曲,
beautiful 美丽 / ugly 丑陋, dangerous 危险 / safe 安全, rare 罕见 / common 常见, useful 有用 / useless 无用,
real 真实 / false 虚假, good 好 / bad 坏, simple 简单 / complicated 复杂, strange 奇怪 / ordinary 普通,
modern 现代 / ancient 古老,
pleasant 愉快 / annoying 烦人, legal 合法 / illegal 非法
"""
_OF_PEOPLE = """
rich 富有 / poor 贫穷, strong 强壮 / weak 虚弱, young 年轻 / elderly 年老, happy 高兴 / sad 悲伤,
brave 勇敢 / cowardly 胆小,
clever 聪明 / stupid 愚蠢, kind 善良 / cruel 残忍, lazy 懒惰 / diligent 勤奋, polite 礼貌 / rude 粗鲁,
honest 诚实 / deceitful 狡诈,
calm 平静 / nervous 紧张, healthy 健康 / ill 生病, generous 慷慨 / stingy 吝啬, proud 骄傲 / humble 谦虚,
patient 耐心 / impatient 急躁, famous 著名 / unknown 无名
"""
THINGS = opposites(_OF_THINGS)
"""Pairs of opposites that are said of things."""
PEOPLE = opposites(_OF_PEOPLE)
"""Pairs of opposites that are said of people."""
OPPOSITE = {a: b for one, other in (*THINGS, *PEOPLE) for a, b in ((one, other), (other, one))}

COLOURS = pairs("""
red 红色, blue 蓝色, green 绿色, yellow 黄色, black 黑色, white 白色, brown 棕色, grey 灰色, pink 粉红色,
    purple 紫色
""")
QUALITY_WORDS = pairs(f"{_OF_THINGS},{_OF_PEOPLE}".replace("/", ",")) + COLOURS
QUALITIES = frozenset(word for word, _ in QUALITY_WORDS)

SPOTS = {
    preposition: pairs(words)
    for preposition, words in (
        (
            "in",
            """kitchen 厨房, garden 花园, cellar 地下室, attic 阁楼, barn 谷仓, tower 塔楼, valley 山谷, cave 山洞,
            yard 院子, hall 大厅,
            meadow 草地, village 村庄, corridor 走廊, orchard 果园, bathroom 浴室""",
        ),
        (
            "on",
            """roof 屋顶, beach 海滩, bridge 桥, hill 小山, island 岛屿, balcony 阳台, terrace 露台, pier 码头,
            platform 站台, pavement 人行道,
            shore 海岸, porch 门廊, mountain 高山, lawn 草坪""",
        ),
        (
            "at",
            """gate 大门, corner 角落, market 市场, fountain 喷泉, border 边境, lake 湖泊, crossroads 十字路口,
            entrance 入口, stadium 体育场,
            pool 泳池, office 办公室, shop 商店, station 车站, campsite 营地""",
        ),
    )
}
"""Places by the preposition of English."""
PREPOSITION = {place: preposition for preposition, places in SPOTS.items() for place, _ in places}

_TIMES = {
    "on": """Monday 星期一, Tuesday 星期二, Wednesday 星期三, Thursday 星期四, Friday 星期五, Saturday 星期六,
    Sunday 星期日""",
    "in": """January 一月, February 二月, March 三月, April 四月, May 五月, June 六月, July 七月, August 八月,
    September 九月,
    October 十月, November 十一月, December 十二月, spring 春天, summer 夏天, autumn 秋天, winter 冬天""",
    "at": "noon 中午, midnight 午夜, dawn 黎明, dusk 黄昏, night 夜里",
}
TIME_PREPOSITION = {time: preposition for preposition, times in _TIMES.items() for time, _ in pairs(times)}
TIME_WORDS = pairs(",".join(_TIMES.values()))

NUMBERS = pairs("""
two 两, three 三, four 四, five 五, six 六, seven 七, eight 八, nine 九, ten 十, twelve 十二, twenty 二十
""")

HEADS = pairs("""
gift 礼物, prize 奖品, surprise 惊喜, treasure 财宝, discovery 发现, souvenir 纪念品, secret 秘密, topic 话题
""")
"""What may be anything: "the gift of Anna is a pear"."""
