//! Families in which everybody stands once to somebody: class, way and what they call each other.

use relations::{Class, Graph, Strength};

use crate::family::{family, find};

/// Checks, line by line, `one -> other: class | people on the way | 称谓 | English`: what the other is to the one.
fn check(graph: &Graph, table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (pair, rest) = line.split_once(": ").unwrap();
        let (one, other) = pair.split_once(" -> ").unwrap();
        let (one, other) = (find(graph, one), find(graph, other));
        let class = graph.class(one, other).map_or("none", Class::as_str);
        assert_eq!(graph.class(other, one).map_or("none", Class::as_str), class, "{line}");
        let found = graph.path(one, other).map(|path| {
            let people: Vec<_> = path.people().map(|one| graph.register().key(one)).collect();
            let term = path.term(graph);
            assert_eq!(graph.path(other, one), Some(path.reversed()), "{line}");
            format!("{class} | {} | {} | {}", people.join(" "), term.chinese, term.english)
        });
        assert_eq!(found.unwrap_or_else(|| class.to_owned()), rest, "{line}");
    }
}

#[test]
fn a_family_over_four_generations() {
    let graph = family(
        "曾祖父/m1900 > 祖父/m1925
         祖父 = 祖母/f1927 > 大伯/m1948 父亲/m1950 小叔/m1955 姑姑/f1953
         外祖父/m1928 = 外祖母/f1930 > 母亲/f1952 舅舅/m1950 小姨/f1957
         父亲 = 母亲 > 哥哥/m1974 我/m1978 妹妹/f1981
         大伯 = 大娘/f1949 > 堂哥/m1972 堂妹/f1980
         堂哥 = 堂嫂/f1973
         姑姑 = 姑父/m1952 > 表弟/m1982
         舅舅 = 舅妈/f1951 > 表姐/f1975
         小姨 = 姨父/m1956
         小叔 = 婶婶/f1956
         岳父/m1950 = 岳母/f1951 > 妻子/f1979 妻兄/m1975 妻妹/f1985
         我 = 妻子 > 儿子/m2004 女儿/f2006
         妻兄 = 妻嫂/f1976 > 妻侄/m2003
         妻妹 = 连襟/m1984
         妻子的祖父/m1925 > 岳父 妻子的叔叔/m1955
         哥哥 = 嫂子/f1975 > 侄女/f2000
         侄女 = 侄女婿/m1999
         妹妹 = 妹夫/m1980 > 外甥/m2005
         亲家公/m1978 = 亲家母/f1979 > 儿媳/f2004
         儿子 = 儿媳 > 孙女/f2026
         女儿 = 女婿/m2005 > 外孙/m2027
         孙女 > 曾外孙/m2050",
    );
    check(
        &graph,
        "我 -> 妻子: spouse | 我 妻子 | 妻子 | wife
         妻子 -> 我: spouse | 妻子 我 | 丈夫 | husband
         我 -> 父亲: lineal | 我 父亲 | 父亲 | father
         我 -> 祖父: lineal | 我 父亲 祖父 | 祖父 | paternal grandfather
         我 -> 外祖母: lineal | 我 母亲 外祖母 | 外祖母 | maternal grandmother
         我 -> 曾祖父: lineal | 我 父亲 祖父 曾祖父 | 曾祖父 | paternal great-grandfather
         儿子 -> 外祖父: lineal | 儿子 我 母亲 外祖父 | 曾外祖父 | paternal great-grandfather
         我 -> 孙女: lineal | 我 儿子 孙女 | 孙女 | granddaughter
         我 -> 外孙: lineal | 我 女儿 外孙 | 外孙 | grandson
         我 -> 曾外孙: lineal | 我 儿子 孙女 曾外孙 | 外曾孙 | great-grandson
         我 -> 哥哥: collateral3 | 我 父亲 哥哥 | 哥哥 | older brother
         哥哥 -> 妹妹: collateral3 | 哥哥 父亲 妹妹 | 妹妹 | younger sister
         我 -> 大伯: collateral3 | 我 父亲 祖父 大伯 | 伯父 | paternal uncle
         我 -> 小叔: collateral3 | 我 父亲 祖父 小叔 | 叔叔 | paternal uncle
         我 -> 姑姑: collateral3 | 我 父亲 祖父 姑姑 | 姑姑 | paternal aunt
         我 -> 舅舅: collateral3 | 我 母亲 外祖父 舅舅 | 舅舅 | maternal uncle
         我 -> 小姨: collateral3 | 我 母亲 外祖父 小姨 | 姨妈 | maternal aunt
         大伯 -> 我: collateral3 | 大伯 祖父 父亲 我 | 侄子 | nephew
         舅舅 -> 妹妹: collateral3 | 舅舅 外祖父 母亲 妹妹 | 外甥女 | niece
         我 -> 堂哥: collateral3 | 我 父亲 祖父 大伯 堂哥 | 堂兄 | older paternal first cousin
         我 -> 堂妹: collateral3 | 我 父亲 祖父 大伯 堂妹 | 堂妹 | younger paternal first cousin
         我 -> 表弟: collateral3 | 我 父亲 祖父 姑姑 表弟 | 表弟 | younger paternal first cousin
         我 -> 表姐: collateral3 | 我 母亲 外祖父 舅舅 表姐 | 表姐 | older maternal first cousin
         我 -> 岳父: near_affinity | 我 妻子 岳父 | 岳父 | father-in-law
         岳父 -> 我: near_affinity | 岳父 妻子 我 | 女婿 | son-in-law
         妻子 -> 母亲: near_affinity | 妻子 我 母亲 | 婆婆 | mother-in-law
         我 -> 妻兄: near_affinity | 我 妻子 岳父 妻兄 | 妻兄 | brother-in-law (wife's older brother)
         妻兄 -> 我: near_affinity | 妻兄 岳父 妻子 我 | 妹夫 | brother-in-law (younger sister's husband)
         妻子 -> 妹妹: near_affinity | 妻子 我 父亲 妹妹 | 夫妹 | sister-in-law (husband's younger sister)
         我 -> 妻嫂: near_affinity | 我 妻子 岳父 妻兄 妻嫂 | 妻子的嫂子 | wife's sister-in-law (older brother's wife)
         我 -> 连襟: near_affinity | 我 妻子 岳父 妻妹 连襟 | 连襟 | wife's brother-in-law (younger sister's husband)
         妻子 -> 嫂子: near_affinity | 妻子 我 父亲 哥哥 嫂子 | 妯娌 | husband's sister-in-law (older brother's wife)
         我 -> 妻侄: near_affinity | 我 妻子 岳父 妻兄 妻侄 | 妻子的侄子 | wife's nephew
         我 -> 妻子的叔叔: near_affinity | 我 妻子 岳父 妻子的祖父 妻子的叔叔 | 妻子的叔叔 | wife's paternal uncle
         我 -> 嫂子: near_affinity | 我 父亲 哥哥 嫂子 | 嫂子 | sister-in-law (older brother's wife)
         我 -> 儿媳: near_affinity | 我 儿子 儿媳 | 儿媳 | daughter-in-law
         我 -> 亲家公: near_affinity | 我 儿子 儿媳 亲家公 | 亲家公 | son's wife's father
         我 -> 大娘: near_affinity | 我 父亲 祖父 大伯 大娘 | 伯母 | paternal aunt by marriage
         我 -> 婶婶: near_affinity | 我 父亲 祖父 小叔 婶婶 | 婶婶 | paternal aunt by marriage
         我 -> 舅妈: near_affinity | 我 母亲 外祖父 舅舅 舅妈 | 舅妈 | maternal aunt by marriage
         我 -> 姨父: near_affinity | 我 母亲 外祖父 小姨 姨父 | 姨父 | maternal uncle by marriage
         我 -> 侄女婿: near_affinity | 我 父亲 哥哥 侄女 侄女婿 | 侄女婿 | nephew by marriage
         我 -> 堂嫂: near_affinity | 我 父亲 祖父 大伯 堂哥 堂嫂 | 堂嫂 | older paternal first cousin's wife
         堂嫂 -> 我: near_affinity | 堂嫂 堂哥 大伯 祖父 父亲 我 | 丈夫的堂弟 | husband's younger paternal first cousin
         我 -> 妻子的祖父: none
         儿子 -> 大伯: none
         儿子 -> 堂哥: none
         哥哥 -> 岳父: none",
    );
}

#[test]
fn what_is_not_known_is_not_said() {
    let graph = family(
        "祖辈 > 父/m 伯叔/m 不详
         父 > 甲 乙/m 丙/f1980
         不详 > 丁/f
         伯叔 > 戊
         庚 > 辛 > 壬
         甲 = 配偶方
         配偶方的母亲/f > 配偶方 配偶方的弟弟/m
         乙 = 妻",
    );
    check(
        &graph,
        "甲 -> 乙: collateral3 | 甲 父 乙 | 兄弟 | brother
         乙 -> 甲: collateral3 | 乙 父 甲 | 兄弟姐妹 | sibling
         乙 -> 丙: collateral3 | 乙 父 丙 | 姐妹 | sister
         乙 -> 伯叔: collateral3 | 乙 父 祖辈 伯叔 | 伯父或叔叔 | paternal uncle
         乙 -> 丁: collateral3 | 乙 父 祖辈 不详 丁 | 堂（表）姐妹 | paternal first cousin
         乙 -> 戊: collateral3 | 乙 父 祖辈 伯叔 戊 | 堂兄弟姐妹 | paternal first cousin
         甲 -> 祖辈: lineal | 甲 父 祖辈 | 祖父母 | paternal grandparent
         丁 -> 祖辈: lineal | 丁 不详 祖辈 | 祖父母或外祖父母 | grandparent
         甲 -> 配偶方: spouse | 甲 配偶方 | 配偶 | spouse
         甲 -> 配偶方的母亲: near_affinity | 甲 配偶方 配偶方的母亲 | 配偶的母亲 | mother-in-law
         乙 -> 妻: spouse | 乙 妻 | 妻子 | wife
         甲 -> 妻: near_affinity | 甲 父 乙 妻 | 嫂子或弟媳 | sister-in-law (brother's wife)",
    );
}

#[test]
fn half_siblings_adoption_and_fostering() {
    let graph = family(
        "父/m1950 = 前妻/f1952 > 长子/m1975
         父 = 后妻/f1960 > 次子/m1985
         后妻 + 某男/m1955 > 随嫁/m1980
         父 fosters 随嫁
         养母/f1955 adopts 养女/f1990
         养母 > 亲子/m1992
         甲/m ½ 乙/f
         甲 ~ 丙/m",
    );
    check(
        &graph,
        "次子 -> 长子: collateral3 | 次子 父 长子 | 同父异母的哥哥 | older paternal half-brother
         次子 -> 随嫁: collateral3 | 次子 父 随嫁 | 继兄 | older stepbrother
         随嫁 -> 父: lineal | 随嫁 父 | 继父 | stepfather
         长子 -> 后妻: none
         养女 -> 养母: lineal | 养女 养母 | 养母 | adoptive mother
         养女 -> 亲子: collateral3 | 养女 养母 亲子 | 养弟 | younger adoptive brother
         甲 -> 乙: collateral3 | 甲 乙 | 半血缘的姐妹 | half-sister
         丙 -> 乙: none",
    );
    let kinship = |a, b| graph.kinship(find(&graph, a), find(&graph, b)).unwrap().to_string();
    assert_eq!(kinship("次子", "长子"), "0.125");
    assert_eq!(kinship("父", "随嫁"), "0");
    assert_eq!(kinship("养母", "养女"), "0");
}

#[test]
fn a_sibling_on_record_stands_in_for_the_parents() {
    let graph = family(
        "祖父/m > 父/m 姑/f
         父 = 母/f > 妹/f1990
         我/m1988 ~ 妹
         妹 ~ 弟/m1992
         妹 = 妹夫/m
         另母/f > 半路/m
         半路 ~ 妹",
    );
    check(
        &graph,
        "我 -> 妹: collateral3 | 我 妹 | 妹妹 | younger sister
         我 -> 弟: collateral3 | 我 妹 弟 | 弟弟 | younger brother
         我 -> 父: lineal | 我 妹 父 | 父亲 | father
         我 -> 祖父: lineal | 我 妹 父 祖父 | 祖父 | paternal grandfather
         我 -> 姑: collateral3 | 我 妹 父 祖父 姑 | 姑姑 | paternal aunt
         我 -> 妹夫: near_affinity | 我 妹 妹夫 | 妹夫 | brother-in-law (younger sister's husband)
         半路 -> 父: lineal | 半路 妹 父 | 父亲 | father
         半路 -> 母: none",
    );
    let strength = |a, b| graph.path(find(&graph, a), find(&graph, b)).unwrap().strength();
    assert_eq!(strength("我", "妹"), Strength::Registered);
    assert_eq!(strength("我", "弟"), Strength::Inferred);
    assert_eq!(strength("我", "父"), Strength::Inferred);
    assert_eq!(graph.kinship(find(&graph, "我"), find(&graph, "父")).unwrap().to_string(), "0");
}

#[test]
fn the_path_is_told_step_by_step() {
    let graph = family("岳父/m = 岳母/f > 妻子/f1980 妻弟/m1985 \n 我/m = 妻子");
    let term = graph.path(find(&graph, "我"), find(&graph, "妻弟")).unwrap().term(&graph);
    assert_eq!(term.chinese_path, "妻子的弟弟");
    assert_eq!(term.english_path, "wife's younger brother");
}
