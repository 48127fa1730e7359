"""People of the small world: names, professions with where one works, and cities with their country."""

from __future__ import annotations

from superb_lite_sources.world.tables import pairs

NAMES = pairs("""
Adam 亚当, Albert 阿尔伯特, Arthur 亚瑟, Ben 本, Carl 卡尔, Daniel 丹尼尔, David 大卫, Edward 爱德华, Eric 埃里克,
Felix 费利克斯,
Frank 弗兰克, George 乔治, Henry 亨利, Hugo 雨果, Jack 杰克, James 詹姆斯, John 约翰, Leo 利奥, Louis 路易,
Mark 马克, Martin 马丁,
Max 麦克斯, Oliver 奥利弗, Oscar 奥斯卡, Paul 保罗, Peter 彼得, Philip 菲利普, Robert 罗伯特, Simon 西蒙,
Thomas 托马斯, Tom 汤姆,
Victor 维克多, Walter 沃尔特, William 威廉, Alice 爱丽丝, Amy 艾米, Anna 安娜, Barbara 芭芭拉, Carol 卡罗尔,
Clara 克拉拉,
Diana 戴安娜, Dora 朵拉, Elena 埃琳娜, Ella 埃拉, Emily 艾米莉, Emma 艾玛, Eva 伊娃, Fiona 菲奥娜, Grace 格蕾丝,
Hannah 汉娜,
Helen 海伦, Ida 艾达, Irene 艾琳, Jane 简, Julia 朱莉娅, Karen 凯伦, Kate 凯特, Laura 劳拉, Linda 琳达, Lucy 露西,
Maria 玛丽亚,
Martha 玛莎, Mary 玛丽, Nina 尼娜, Nora 诺拉, Olivia 奥利维亚, Rosa 罗莎, Ruth 露丝, Sarah 莎拉, Sophie 索菲
""")

_JOBS = pairs("""
nurse 护士 hospital 医院, surgeon 外科医生 clinic 诊所, teacher 老师 school 学校, professor 教授 university 大学,
baker 面包师 bakery 面包店, butcher 屠夫 butchery 肉店, chef 厨师 restaurant 餐厅, judge 法官 court 法院,
guard 看守 prison 监狱,
soldier 士兵 barracks 兵营, sailor 水手 ship 船, pilot 飞行员 airport 机场, mechanic 修理工 garage 车库,
miner 矿工 mine 矿井,
farmer 农民 farm 农场, gardener 园丁 park 公园, forester 护林员 forest 森林, fisherman 渔夫 harbour 港口,
librarian 图书管理员 library 图书馆, curator 馆长 museum 博物馆, painter 画家 studio 画室, clown 小丑 circus 马戏团,
actor 演员 theatre 剧院, cashier 收银员 supermarket 超市, banker 银行家 bank 银行, tailor 裁缝 workshop 作坊,
barber 理发师 barbershop 理发店, pharmacist 药剂师 pharmacy 药店, chemist 化学家 laboratory 实验室,
astronomer 天文学家 observatory 天文台, blacksmith 铁匠 forge 铁匠铺, brewer 酿酒师 brewery 酿酒厂,
miller 磨坊主 mill 磨坊,
zookeeper 饲养员 zoo 动物园, receptionist 接待员 hotel 旅馆, vicar 牧师 church 教堂, editor 编辑 newsroom 编辑部,
welder 焊工 factory 工厂
""")
JOBS = {english.split()[0]: english.split()[2] for english in (f"{a} {b}" for a, b in _JOBS)}
"""Profession -> the place where one works."""
JOB_WORDS = tuple((a, b.split()[0]) for a, b in _JOBS) + tuple((b.split()[1], b.split()[2]) for _, b in _JOBS)

_COUNTRIES = """
France 法国: Paris 巴黎, Lyon 里昂, Marseille 马赛
Germany 德国: Berlin 柏林, Munich 慕尼黑, Hamburg 汉堡
Spain 西班牙: Madrid 马德里, Barcelona 巴塞罗那, Seville 塞维利亚
Italy 意大利: Rome 罗马, Milan 米兰, Naples 那不勒斯
Portugal 葡萄牙: Lisbon 里斯本, Porto 波尔图
Greece 希腊: Athens 雅典, Sparta 斯巴达
Poland 波兰: Warsaw 华沙, Krakow 克拉科夫
Hungary 匈牙利: Budapest 布达佩斯
Austria 奥地利: Vienna 维也纳, Salzburg 萨尔茨堡
Sweden 瑞典: Stockholm 斯德哥尔摩, Gothenburg 哥德堡
Norway 挪威: Oslo 奥斯陆, Bergen 卑尔根
Scotland 苏格兰: Edinburgh 爱丁堡, Glasgow 格拉斯哥
Ireland 爱尔兰: Dublin 都柏林, Galway 戈尔韦
Russia 俄罗斯: Moscow 莫斯科, Kazan 喀山
Turkey 土耳其: Ankara 安卡拉, Istanbul 伊斯坦布尔
Egypt 埃及: Cairo 开罗, Luxor 卢克索
Morocco 摩洛哥: Rabat 拉巴特, Casablanca 卡萨布兰卡
Kenya 肯尼亚: Nairobi 内罗毕, Mombasa 蒙巴萨
Nigeria 尼日利亚: Abuja 阿布贾, Lagos 拉各斯
India 印度: Delhi 德里, Mumbai 孟买
China 中国: Beijing 北京, Shanghai 上海, Nanjing 南京
Japan 日本: Tokyo 东京, Kyoto 京都, Osaka 大阪
Korea 韩国: Seoul 首尔, Busan 釜山
Vietnam 越南: Hanoi 河内, Saigon 西贡
Thailand 泰国: Bangkok 曼谷, Phuket 普吉
Australia 澳大利亚: Sydney 悉尼, Canberra 堪培拉, Melbourne 墨尔本
Canada 加拿大: Ottawa 渥太华, Toronto 多伦多, Montreal 蒙特利尔
Mexico 墨西哥: Cancun 坎昆, Tijuana 蒂华纳
Brazil 巴西: Brasilia 巴西利亚, Recife 累西腓
Argentina 阿根廷: Cordoba 科尔多瓦, Rosario 罗萨里奥
Peru 秘鲁: Lima 利马, Cusco 库斯科
Chile 智利: Santiago 圣地亚哥, Valparaiso 瓦尔帕莱索
Cuba 古巴: Havana 哈瓦那
Finland 芬兰: Helsinki 赫尔辛基, Tampere 坦佩雷
Denmark 丹麦: Copenhagen 哥本哈根, Aarhus 奥胡斯
Belgium 比利时: Brussels 布鲁塞尔, Antwerp 安特卫普, Ghent 根特
"""
_BY_COUNTRY = [(*line.split(": "),) for line in _COUNTRIES.strip().splitlines()]
CITIES = {city: country.split()[0] for country, cities in _BY_COUNTRY for city, _ in pairs(cities)}
"""City -> its country."""
COUNTRIES = tuple(dict.fromkeys(CITIES.values()))
PLACE_WORDS = pairs(",".join(f"{country},{cities}" for country, cities in _BY_COUNTRY))
