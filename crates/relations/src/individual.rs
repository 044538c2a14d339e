//! The people of a register. Most of them are nobody's staff.

use jiff::civil::Date;

/// A person of a [`Register`](crate::Register): the place of their key in it.
///
/// It means something only together with the register it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Individual(pub(crate) u32);

impl Individual {
    /// How many a register can hold: 67 million, the people of a province.
    pub(crate) const MOST: u32 = 1 << 26;

    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// 性别, as registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// The sex of this one's spouse: marriage is between a man and a woman (民法典 1046).
    pub(crate) fn of_spouse(self) -> Self {
        match self {
            Self::Male => Self::Female,
            Self::Female => Self::Male,
        }
    }
}

/// What is known of somebody beside their ties. All of it may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Decides between 祖父 and 祖母, and on which side a parent is missing.
    pub sex: Option<Sex>,
    /// Decides between 哥哥 and 弟弟.
    pub born: Option<Date>,
}
