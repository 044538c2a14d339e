//! English words for relatives: the common ones, the side or the age added where English has no word for it.

use super::{Kin, Remark, Word, by};
use Kin::{Child, Parent, Sibling, Spouse};

/// The term for the whole path.
pub(super) fn term(words: &[Word]) -> String {
    let plain = plain(words).unwrap_or_else(|| told(words));
    match words {
        [only] => one_word(only),
        _ if words.iter().any(|word| word.remark == Some(Remark::Adoptive)) => format!("{plain} (by adoption)"),
        _ if words.iter().any(|word| word.remark == Some(Remark::Fostering)) => format!("{plain} (by fostering)"),
        _ => plain,
    }
}

/// The path step by step.
pub(super) fn told(words: &[Word]) -> String {
    words.iter().map(one_word).collect::<Vec<_>>().join("'s ")
}

fn one_word(word: &Word) -> String {
    let plain = match word.kin {
        Parent => by(word.sex, ["father", "mother", "parent"]),
        Child => by(word.sex, ["son", "daughter", "child"]),
        Spouse => by(word.sex, ["husband", "wife", "spouse"]),
        Sibling => by(word.sex, ["brother", "sister", "sibling"]),
    };
    let elder = match word.elder {
        Some(true) if word.kin == Sibling => "older ",
        Some(false) if word.kin == Sibling => "younger ",
        _ => "",
    };
    let remark = match word.remark {
        None => "",
        Some(Remark::Adoptive) => "adoptive ",
        Some(Remark::Fostering) => "step",
        Some(Remark::SameFather) => "paternal half-",
        Some(Remark::SameMother) => "maternal half-",
        Some(Remark::Half) => "half-",
    };
    format!("{elder}{remark}{plain}")
}

/// The word that the language has for it, or puts together from such words.
fn plain(words: &[Word]) -> Option<String> {
    let kin: Vec<_> = words.iter().map(|word| word.kin).collect();
    let last = words.last()?;
    let side = by(words[0].sex, ["paternal ", "maternal ", ""]);
    let word = match kin[..] {
        [_] => one_word(last),
        _ if kin.iter().all(|kin| *kin == Parent) => {
            format!("{side}{}grand{}", "great-".repeat(kin.len() - 2), by(last.sex, ["father", "mother", "parent"]))
        }
        _ if kin.iter().all(|kin| *kin == Child) => {
            format!("{}grand{}", "great-".repeat(kin.len() - 2), by(last.sex, ["son", "daughter", "child"]))
        }
        [Parent, Sibling] => format!("{side}{}", by(last.sex, ["uncle", "aunt", "uncle or aunt"])),
        [Sibling, Child] => by(last.sex, ["nephew", "niece", "nephew or niece"]).to_owned(),
        [Parent, Sibling, Child] => match last.elder {
            Some(true) => format!("older {side}first cousin"),
            Some(false) => format!("younger {side}first cousin"),
            None => format!("{side}first cousin"),
        },
        [Spouse, Parent] => by(last.sex, ["father-in-law", "mother-in-law", "parent-in-law"]).to_owned(),
        [Spouse, Sibling] | [Sibling, Spouse] => {
            let in_law = by(last.sex, ["brother-in-law", "sister-in-law", "sibling-in-law"]);
            format!("{in_law} ({})", told(words))
        }
        [Child, Spouse] => by(last.sex, ["son-in-law", "daughter-in-law", "child-in-law"]).to_owned(),
        [Child, Spouse, Parent] => told(words),
        [Parent, Sibling, Spouse] => format!("{side}{} by marriage", by(last.sex, ["uncle", "aunt", "uncle or aunt"])),
        [Sibling, Child, Spouse] => format!("{} by marriage", by(last.sex, ["nephew", "niece", "nephew or niece"])),
        [Spouse, ..] => format!("{}'s {}", one_word(&words[0]), plain(&words[1..])?),
        [.., Spouse] => format!("{}'s {}", plain(&words[..words.len() - 1])?, one_word(last)),
        _ => return None,
    };
    Some(word)
}
