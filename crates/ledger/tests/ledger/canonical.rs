//! Canonical bytes and commitments.

use ledger::{Algorithm, NotCanonical, canonical, commitment};
use proptest::prelude::*;
use serde_json::{Value, json};

fn text(value: Value) -> String {
    String::from_utf8(canonical(&value).unwrap()).unwrap()
}

#[test]
fn members_are_sorted_by_utf_16_and_white_space_is_gone() {
    // The example of RFC 8785, section 3.2.3.
    let value: Value = serde_json::from_str(
        r#"{ "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
             "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
             "\u00f6": "Latin Small Letter O With Diaeresis" }"#,
    )
    .unwrap();
    let bytes = text(value);
    let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
    let places: Vec<_> = order.iter().map(|word| bytes.find(word).unwrap()).collect();
    assert!(places.is_sorted(), "{bytes}");
}

#[test]
fn numbers_are_written_in_one_way() {
    assert_eq!(text(json!([1.0, 4.50, 2e-3, 1e-27, 1e21])), "[1,4.5,0.002,1e-27,1e+21]");
    assert_eq!(
        text(json!({"b": 9007199254740991_i64, "a": -9007199254740991_i64})),
        r#"{"a":-9007199254740991,"b":9007199254740991}"#
    );
}

#[test]
fn an_integer_that_a_double_would_change_is_refused_wherever_it_hides() {
    for number in [json!(9007199254740992_u64), json!(-9007199254740993_i64), json!(u64::MAX)] {
        let refused = canonical(&json!({"a": [{"b": number}]})).unwrap_err();
        assert!(matches!(refused, NotCanonical::TooPrecise(_)), "{refused}");
    }
}

#[test]
fn a_commitment_depends_on_salt_and_text_and_is_no_leaf() {
    let one = commitment(&[1; 32], "考核".as_bytes());
    assert_eq!(one, commitment(&[1; 32], "考核".as_bytes()));
    assert_ne!(one, commitment(&[2; 32], "考核".as_bytes()));
    assert_ne!(one, commitment(&[1; 32], "考核 ".as_bytes()));
    let mut as_leaf = vec![1; 32];
    as_leaf.extend("考核".as_bytes());
    assert_ne!(one, Algorithm::Sha256.leaf_hash(&as_leaf));
}

#[test]
fn the_commitment_is_the_documented_hash() {
    use sha2::{Digest, Sha256};
    let mut bytes = b"mingjing/commitment/v1\0".to_vec();
    bytes.extend([7; 32]);
    bytes.extend(b"sealed");
    let expected: [u8; 32] = Sha256::digest(bytes).into();
    assert_eq!(commitment(&[7; 32], b"sealed"), expected);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53) + 1..1_i64 << 53).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(".{0,4}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Canonical bytes mean the same value, and are their own canonical form.
    #[test]
    fn canonical_bytes_read_back_as_the_value(value in any_json()) {
        let bytes = canonical(&value).unwrap();
        let again: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(canonical(&again).unwrap(), bytes);
        prop_assert_eq!(again, value);
    }
}
