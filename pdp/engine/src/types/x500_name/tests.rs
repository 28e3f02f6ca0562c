//! Pairs of names that are equal, different, refused, or one the end of the other.

use proptest::prelude::*;

use super::X500Name;

fn name(text: &str) -> X500Name {
    X500Name::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn spelling_does_not_make_a_name_another() {
    for (a, b) in [
        ("cn=Julius Hibbert, o=Medi Corporation, c=US", "CN=Julius Hibbert,O=Medi Corporation,C=US"),
        ("  cn=Anne,OU=Sun Labs, o=Sun,c=US\n", "cn=anne,ou=sun   labs,o=SUN,c=us"),
        ("cn=a;o=b", "cn=a,o=b"),
        ("cn = a , o = b", "cn=a,o=b"),
        ("cn=a+uid=b,o=c", "UID=B + CN=A,O=C"),
        ("cn=a+cn=a", "cn=a"),
        ("2.5.4.3=a", "OID.2.5.4.3=a"),
        ("2.5.4.3=a", "cn=a"),
        ("oid.2.5.4.8=x", "S=x"),
        ("emailAddress=a@b", "E=A@B"),
        ("cn=\"a, b\"", "cn=a\\, b"),
        ("cn=\"a\\\"b\"", "cn=a\\\"b"),
        ("cn=\\ a\\ ", "cn=a"),
        ("cn=\\#a", "cn=\\23a"),
        ("cn=Lu\\C4\\8Di\\C4\\87", "cn=lučić"),
        ("cn=#0C0141", "cn=A"),
        ("cn=#130141", "cn=a"),
        ("cn=#1e020041", "cn=a"),
        ("cn=#0c810141", "cn=a"),
        ("1.2.3=#0401FF", "1.2.3=#0401ff"),
        ("cn=a=b", "cn=a\\=b"),
        ("cn=,o=b", "cn=\"\",o=b"),
        ("", "  "),
    ] {
        assert_eq!(name(a), name(b), "{a} and {b}");
    }
}

#[test]
fn order_number_and_values_make_a_name_another() {
    for (a, b) in [
        ("cn=a,o=b", "o=b,cn=a"),
        ("cn=a,o=b", "cn=a+o=b"),
        ("cn=a", "cn=a,o=b"),
        ("cn=a", "ou=a"),
        ("cn=a b", "cn=ab"),
        ("cn=\\#0C0141", "cn=#0C0141"),
        ("1.2.3=#0401FF", "1.2.3=#0401FE"),
        ("cn=a\\,o=b", "cn=a,o=b"),
        ("", "cn="),
    ] {
        assert_ne!(name(a), name(b), "{a} and {b}");
    }
}

#[test]
fn what_is_no_name_is_refused() {
    for text in [
        "a",
        "=a",
        "cn",
        "cn=a,",
        ",cn=a",
        "cn=a,,o=b",
        "cn=a+",
        "cn=a o=b,\"",
        "cn=\"a",
        "cn=\"a\"b",
        "cn=a\\",
        "cn=a\\g",
        "cn=a\\4",
        "cn=#",
        "cn=#4",
        "cn=#0g",
        "cn=a\"b",
        "cn=a<b",
        "c n=a",
        "1..2=a",
        "1.=a",
        "oid.=a",
        "1a=b",
        "a.b=c",
        "cn=\\FF",
        "ü=a",
        "-a=b",
        "cn=#0C0141 x",
    ] {
        assert!(X500Name::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_name_matches_those_that_end_with_it() {
    let whole = name("cn=Julius Hibbert, ou=Springfield Office, o=Medico Corp, c=US");
    for text in ["O=Medico Corp,C=US", "c=us", "", "cn=julius hibbert,ou=springfield office,o=medico corp,c=us"] {
        assert!(name(text).is_suffix_of(&whole), "{text}");
    }
    for text in [
        "cn=Julius Hibbert",
        "o=Medico Corp",
        "o=Medico,c=US",
        "dc=x,cn=Julius Hibbert,ou=Springfield Office,o=Medico Corp,c=US",
    ] {
        assert!(!name(text).is_suffix_of(&whole), "{text}");
    }
}

#[test]
fn the_original_text_is_kept() {
    assert_eq!(name("  cn = A ;o=b \n").to_string(), "cn = A ;o=b");
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a-c=,;+\\\\\"#0-4 .é<]{0,24}|.*") {
        if let Ok(name) = X500Name::parse(&text) {
            prop_assert_eq!(X500Name::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(name.is_suffix_of(&name));
        }
    }
}

#[test]
fn the_comparable_text_is_one_for_equal_names_and_no_others() {
    let texts = [
        "CN=ci,O=Acme",
        "cn = CI , 2.5.4.10=acme",
        "O=Acme,CN=ci",
        "CN=ci+O=Acme",
        "O=acme+CN=ci",
        "CN=ci\\,O\\=Acme",
        "CN=#0c026369",
        "CN=\\#0c026369",
        "CN=ci",
        "CN=c\\+i",
        "CN=c+CN=i",
        "CN=ci\\\\,O=Acme",
        "",
    ];
    let names = texts.map(|text| X500Name::parse(text).unwrap());
    for one in &names {
        for other in &names {
            assert_eq!(one == other, one.to_comparable() == other.to_comparable(), "{one} {other}");
        }
    }
}
