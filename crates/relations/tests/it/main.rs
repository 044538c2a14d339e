//! The crate through its public face: families as tables, a real pedigree, and properties of invented registers.

mod business;
mod declarations;
mod family;
mod pedigree;
mod properties;
mod terms;
