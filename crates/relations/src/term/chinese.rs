//! 亲属称谓. The words of the law where it has any (岳父, 儿媳), otherwise those that people use.

use super::{Kin, Remark, Word, by};
use crate::individual::Sex::{self, Female, Male};
use Kin::{Child, Parent, Sibling, Spouse};

/// The term for the whole path.
pub(super) fn term(words: &[Word]) -> String {
    let plain = plain(words).unwrap_or_else(|| told(words));
    match words {
        [only] => remarked(only),
        _ if words.iter().any(|word| word.remark == Some(Remark::Adoptive)) => format!("{plain}（收养）"),
        _ if words.iter().any(|word| word.remark == Some(Remark::Fostering)) => format!("{plain}（继亲，有扶养关系）"),
        _ => plain,
    }
}

/// The path step by step.
pub(super) fn told(words: &[Word]) -> String {
    words.iter().map(remarked).collect::<Vec<_>>().join("的")
}

/// 养父, 继兄; 同父异母的哥哥.
fn remarked(word: &Word) -> String {
    let short = || match word.kin {
        Parent => by(word.sex, ["父", "母", "父母"]),
        Child => by(word.sex, ["子", "女", "子女"]),
        Spouse => one_word(word),
        Sibling => short_sibling(word.sex, word.elder),
    };
    match word.remark {
        None => one_word(word).to_owned(),
        Some(Remark::Adoptive) => format!("养{}", short()),
        Some(Remark::Fostering) => format!("继{}", short()),
        Some(Remark::SameFather) => format!("同父异母的{}", one_word(word)),
        Some(Remark::SameMother) => format!("同母异父的{}", one_word(word)),
        Some(Remark::Half) => format!("半血缘的{}", one_word(word)),
    }
}

/// 哥 弟 兄弟, 姐 妹 姐妹, or 兄弟姐妹.
fn sibling(sex: Option<Sex>, elder: Option<bool>) -> &'static str {
    match (sex, elder) {
        (Some(Male), Some(true)) => "哥哥",
        (Some(Male), Some(false)) => "弟弟",
        (Some(Male), None) => "兄弟",
        (Some(Female), Some(true)) => "姐姐",
        (Some(Female), Some(false)) => "妹妹",
        (Some(Female), None) => "姐妹",
        (None, _) => "兄弟姐妹",
    }
}

/// As [`sibling`], for words in which one character stands for each: 妻兄, 堂弟.
fn short_sibling(sex: Option<Sex>, elder: Option<bool>) -> &'static str {
    match (sex, elder) {
        (Some(Male), Some(true)) => "兄",
        (Some(Male), Some(false)) => "弟",
        (Some(Female), Some(true)) => "姐",
        (Some(Female), Some(false)) => "妹",
        _ => sibling(sex, None),
    }
}

/// What a sibling's or cousin's spouse is called.
fn siblings_spouse(sex: Option<Sex>, elder: Option<bool>) -> Option<&'static str> {
    match (sex?, elder) {
        (Male, Some(true)) => Some("嫂子"),
        (Male, Some(false)) => Some("弟媳"),
        (Male, None) => Some("嫂子或弟媳"),
        (Female, Some(true)) => Some("姐夫"),
        (Female, Some(false)) => Some("妹夫"),
        (Female, None) => Some("姐夫或妹夫"),
    }
}

fn one_word(word: &Word) -> &'static str {
    match word.kin {
        Parent => by(word.sex, ["父亲", "母亲", "父亲或母亲"]),
        Child => by(word.sex, ["儿子", "女儿", "子女"]),
        Spouse => by(word.sex, ["丈夫", "妻子", "配偶"]),
        Sibling => sibling(word.sex, word.elder),
    }
}

/// The word that the language has for it, or puts together from such words.
fn plain(words: &[Word]) -> Option<String> {
    let kin: Vec<_> = words.iter().map(|word| word.kin).collect();
    let sex = |place: usize| words[place].sex;
    let last = words.last()?;
    let word = match kin[..] {
        [_] => one_word(last).to_owned(),
        _ if kin.iter().all(|kin| *kin == Parent) => ancestor(words),
        _ if kin.iter().all(|kin| *kin == Child) => descendant(words),
        [Parent, Sibling] => uncle(sex(0), last)?.to_owned(),
        [Sibling, Child] => nephew(sex(0), last.sex).to_owned(),
        [Parent, Sibling, Child] => format!("{}{}", cousin(words), short_sibling(last.sex, last.elder)),
        [Spouse, Parent] => match sex(0)? {
            Female => by(last.sex, ["岳父", "岳母", "岳父或岳母"]).to_owned(),
            Male => by(last.sex, ["公公", "婆婆", "公公或婆婆"]).to_owned(),
        },
        [Spouse, Sibling] => {
            format!("{}{}", by(Some(sex(0)?), ["夫", "妻", ""]), short_sibling(Some(last.sex?), last.elder))
        }
        [Sibling, Spouse] => siblings_spouse(sex(0), words[0].elder)?.to_owned(),
        [Spouse, Sibling, Spouse] if sex(0) == Some(Female) && sex(1) == Some(Female) => "连襟".to_owned(),
        [Spouse, Sibling, Spouse] if sex(0) == Some(Male) && sex(1) == Some(Male) => "妯娌".to_owned(),
        [Child, Spouse] => by(Some(sex(0)?), ["儿媳", "女婿", ""]).to_owned(),
        [Child, Spouse, Parent] => by(last.sex, ["亲家公", "亲家母", "亲家"]).to_owned(),
        [Parent, Sibling, Spouse] => uncles_spouse(sex(0)?, &words[1])?.to_owned(),
        [Sibling, Child, Spouse] => nephews_spouse(sex(0)?, sex(1)?).to_owned(),
        [Parent, Sibling, Child, Spouse] => {
            let spouse = match (sex(2)?, words[2].elder) {
                (_, None) => return Some(format!("{}的{}", plain(&words[..3])?, one_word(last))),
                (Male, Some(true)) => "嫂",
                (sex, elder) => siblings_spouse(Some(sex), elder)?,
            };
            format!("{}{spouse}", cousin(words))
        }
        [Spouse, ..] => format!("{}的{}", one_word(&words[0]), plain(&words[1..])?),
        [.., Spouse] => format!("{}的{}", plain(&words[..words.len() - 1])?, one_word(last)),
        _ => return None,
    };
    Some(word)
}

/// Only men in between make 祖父 and 曾祖父; from the fourth generation up it matters no more.
fn ancestor(words: &[Word]) -> String {
    let (last, between) = (words[words.len() - 1].sex, &words[..words.len() - 1]);
    let all_men = between.iter().all(|word| word.sex == Some(Male));
    let parent = by(last, ["父", "母", "父母"]);
    match (words.len(), between[0].sex) {
        (2, None) => format!("祖{parent}或外祖{parent}"),
        (2, Some(Male)) => format!("祖{parent}"),
        (2, Some(Female)) => format!("外祖{parent}"),
        (3, _) if all_men => format!("曾祖{parent}"),
        (3, Some(Female)) => format!("外曾祖{parent}"),
        (3, Some(Male)) if between[1].sex == Some(Female) => format!("曾外祖{parent}"),
        (3, _) => format!("曾祖{parent}或外曾祖{parent}"),
        (4, _) if all_men => format!("高祖{parent}"),
        (generations, _) => format!("直系尊亲属（上{generations}代）"),
    }
}

fn descendant(words: &[Word]) -> String {
    let (last, between) = (words[words.len() - 1].sex, &words[..words.len() - 1]);
    let all_men = between.iter().all(|word| word.sex == Some(Male));
    let any_woman = between.iter().any(|word| word.sex == Some(Female));
    let outside = if all_men { "" } else { "外" };
    match words.len() {
        2 if !all_men && !any_woman => by(last, ["孙子或外孙", "孙女或外孙女", "孙子女或外孙子女"]).to_owned(),
        2 if all_men => by(last, ["孙子", "孙女", "孙子女"]).to_owned(),
        2 => by(last, ["外孙", "外孙女", "外孙子女"]).to_owned(),
        3 if all_men || any_woman => format!("{outside}{}", by(last, ["曾孙", "曾孙女", "曾孙子女"])),
        3 => by(last, ["曾孙或外曾孙", "曾孙女或外曾孙女", "曾孙子女或外曾孙子女"]).to_owned(),
        4 if all_men => by(last, ["玄孙", "玄孙女", "玄孙子女"]).to_owned(),
        generations => format!("直系卑亲属（下{generations}代）"),
    }
}

fn uncle(parent: Option<Sex>, sibling: &Word) -> Option<&'static str> {
    Some(match (parent?, sibling.sex?, sibling.elder) {
        (Male, Male, Some(true)) => "伯父",
        (Male, Male, Some(false)) => "叔叔",
        (Male, Male, None) => "伯父或叔叔",
        (Male, Female, _) => "姑姑",
        (Female, Male, _) => "舅舅",
        (Female, Female, _) => "姨妈",
    })
}

fn uncles_spouse(parent: Sex, sibling: &Word) -> Option<&'static str> {
    Some(match (parent, sibling.sex?, sibling.elder) {
        (Male, Male, Some(true)) => "伯母",
        (Male, Male, Some(false)) => "婶婶",
        (Male, Male, None) => "伯母或婶婶",
        (Male, Female, _) => "姑父",
        (Female, Male, _) => "舅妈",
        (Female, Female, _) => "姨父",
    })
}

fn nephew(sibling: Option<Sex>, child: Option<Sex>) -> &'static str {
    match sibling {
        Some(Male) => by(child, ["侄子", "侄女", "侄子女"]),
        Some(Female) => by(child, ["外甥", "外甥女", "甥子女"]),
        None => by(child, ["侄子或外甥", "侄女或外甥女", "侄子女或甥子女"]),
    }
}

fn nephews_spouse(sibling: Sex, child: Sex) -> &'static str {
    match (sibling, child) {
        (Male, Male) => "侄媳",
        (Male, Female) => "侄女婿",
        (Female, Male) => "外甥媳",
        (Female, Female) => "外甥女婿",
    }
}

/// 堂 over two brothers, otherwise 表.
fn cousin(words: &[Word]) -> &'static str {
    match (words[0].sex, words[1].sex) {
        (Some(Male), Some(Male)) => "堂",
        (Some(Female), _) | (_, Some(Female)) => "表",
        _ => "堂（表）",
    }
}
