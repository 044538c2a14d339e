//! The tables, one module each. The columns are those of `migrations/`; a test holds the two together.

/// A table: its key and its columns. It has no relations: a page is one query that joins what it shows.
macro_rules! table {
    ($(#[$doc:meta])* $module:ident, $name:literal {
        key { $($key:ident: $key_type:ty),* }
        $($column:ident: $type:ty),* $(,)?
    }) => {
        $(#[$doc])*
        pub mod $module {
            use super::*;

            /// A row.
            #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, DeriveEntityModel)]
            #[sea_orm(table_name = $name)]
            pub struct Model {
                $(#[sea_orm(primary_key, auto_increment = false)]
                pub $key: $key_type,)*
                $(pub $column: $type,)*
            }

            /// None.
            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}
pub(crate) use table;

pub mod truth;
pub mod view;
