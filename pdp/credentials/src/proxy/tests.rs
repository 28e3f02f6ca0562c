//! Headers as proxies and as forgers write them.

use proptest::prelude::*;

use super::*;

const PROXY: &str = "10.0.0.1";

fn proxies() -> TrustedProxies {
    TrustedProxies::parse(&["10.0.0.0/8", "2001:db8:ff::/48"]).unwrap()
}

fn from(peer: &str, forwarded: &[&str], customary: &[&str]) -> Found {
    let lines = |lines: &[&str]| lines.iter().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>();
    let (forwarded, customary) = (lines(forwarded), lines(customary));
    proxies().client(peer.parse().unwrap(), forwarded.iter().map(Vec::as_slice), customary.iter().map(Vec::as_slice))
}

/// What is found where this is the client.
type Found = Result<Option<IpAddr>, ForwardedError>;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_stranger_is_himself_whatever_he_writes() {
    for peer in ["192.0.2.9", "::ffff:192.0.2.9"] {
        assert_eq!(from(peer, &["for=203.0.113.7"], &["203.0.113.8"]), Ok(Some(address("192.0.2.9"))));
        assert_eq!(from(peer, &["for=\""], &["?"]), Ok(Some(address("192.0.2.9"))));
    }
}

#[test]
fn without_a_header_a_proxy_asks_for_itself() {
    for peer in [PROXY, "::ffff:10.0.0.1"] {
        assert_eq!(from(peer, &[], &[]), Ok(Some(address(PROXY))));
    }
    assert_eq!(from(PROXY, &[], &["", " , "]), Ok(Some(address(PROXY))));
}

#[test]
fn the_first_from_the_right_that_is_not_trusted_is_the_client() {
    for (list, client) in [
        (&["203.0.113.7"][..], "203.0.113.7"),
        (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (&["198.51.100.1", "203.0.113.7,10.0.0.2"], "203.0.113.7"),
        (&["198.51.100.1", "203.0.113.7", "10.0.0.2", "10.0.0.3"], "203.0.113.7"),
        (&["10.0.0.9, 10.0.0.2"], "10.0.0.9"),
        (&["nonsense, é, , 203.0.113.7, 2001:db8:ff::1"], "203.0.113.7"),
    ] {
        assert_eq!(from(PROXY, &[], list), Ok(Some(address(client))), "{list:?}");
        assert_eq!(from("2001:db8:ff::1", &[], list), Ok(Some(address(client))), "{list:?}");
    }
}

#[test]
fn addresses_are_read_in_every_form_that_proxies_write() {
    for (node, client) in [
        ("203.0.113.7:4711", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:1", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:80", "fe80::1"),
    ] {
        assert_eq!(from(PROXY, &[], &[node]), Ok(Some(address(client))), "{node}");
        assert_eq!(
            from(PROXY, &[&format!("proto=https;For=\"{node}\";by=_x")], &[]),
            Ok(Some(address(client))),
            "{node}"
        );
    }
}

#[test]
fn a_client_that_is_not_told_is_unknown() {
    for node in ["unknown", "Unknown", "_hidden", "_a.b-c_d", "unknown:4711", "_hidden:_port"] {
        assert_eq!(from(PROXY, &[], &[&format!("203.0.113.7, {node}")]), Ok(None), "{node}");
        assert_eq!(from(PROXY, &[&format!("for=203.0.113.7, for=\"{node}\"")], &[]), Ok(None), "{node}");
    }
    assert_eq!(from(PROXY, &["for=203.0.113.7, proto=https"], &[]), Ok(None));
}

#[test]
fn what_a_trusted_proxy_can_not_have_written_is_refused() {
    for node in [
        "nonsense",
        "203.0.113",
        "203.0.113.7:",
        "203.0.113.7:123456",
        "[2001:db8::7",
        "[203.0.113.7]",
        "_",
        "fe80::1%",
    ] {
        let malformed = Err(ForwardedError::Malformed("X-Forwarded-For"));
        assert_eq!(from(PROXY, &[], &[&format!("203.0.113.7, {node}")]), malformed, "{node}");
    }
    for line in [
        "for",
        "for=",
        "=203.0.113.7",
        "for=203.0.113.7:80",
        "for=[2001:db8::7]",
        "for=\"203.0.113.7",
        "for=203.0.113.7;for=203.0.113.8",
        "for=203.0.113.7 for=203.0.113.8",
        "for=203.0.113.7;;host=\"a\"b",
        "för=203.0.113.7",
    ] {
        assert_eq!(from(PROXY, &[line], &[]), Err(ForwardedError::Malformed("Forwarded")), "{line}");
    }
}

#[test]
fn a_quote_that_a_client_left_open_hides_nothing_that_a_proxy_wrote() {
    for forged in ["for=198.51.100.1;x=\"", "for=\"_", "for=198.51.100.1, x=\"\\"] {
        for written in ["for=203.0.113.7", "for=\"[2001:db8::7]\"", "for=203.0.113.7;host=\"a:80\";by=\"_b\""] {
            let joined = format!("{forged}, {written}");
            assert_eq!(from(PROXY, &[&joined], &[]), Err(ForwardedError::Malformed("Forwarded")), "{joined}");
        }
    }
}

#[test]
fn quoted_commas_and_escapes_belong_to_their_value() {
    let line = r#"for=198.51.100.1;x="a, for=198.51.100.2", for="203.0.\1\13.7";host="a\"b""#;
    assert_eq!(from(PROXY, &[line], &[]), Ok(Some(address("203.0.113.7"))));
    assert_eq!(from(PROXY, &["for=203.0.113.7 ; proto=http , for=10.0.0.2;"], &[]), Ok(Some(address("203.0.113.7"))));
}

#[test]
fn two_headers_have_to_say_the_same() {
    assert_eq!(from(PROXY, &["for=203.0.113.7"], &["198.51.100.1, 203.0.113.7"]), Ok(Some(address("203.0.113.7"))));
    assert_eq!(from(PROXY, &["for=\"[::ffff:203.0.113.7]\""], &["203.0.113.7:80"]), Ok(Some(address("203.0.113.7"))));
    for customary in ["203.0.113.8", "unknown", "10.0.0.2"] {
        assert_eq!(from(PROXY, &["for=203.0.113.7"], &[customary]), Err(ForwardedError::Contradiction), "{customary}");
    }
}

#[test]
fn what_is_trusted_is_written_as_it_is_meant() {
    for text in ["10.1.2.3/8", "10.0.0.0/33", "10.0.0", "proxy.example", "", "[2001:db8::]/32", "fe80::1%eth0"] {
        assert!(TrustedProxies::parse(&[text]).is_err(), "{text}");
    }
    let mapped = TrustedProxies::parse(&["::ffff:10.0.0.0/104", "::ffff:192.0.2.7"]).unwrap();
    for (address, is_trusted) in
        [("10.9.9.9", true), ("192.0.2.7", true), ("::ffff:192.0.2.7", true), ("11.0.0.1", false)]
    {
        assert_eq!(mapped.contains(address.parse().unwrap()), is_trusted, "{address}");
    }
    assert!(TrustedProxies::parse(&["::/0"]).unwrap().contains("2001:db8::1".parse().unwrap()));
    assert!(!TrustedProxies::parse(&["::/0"]).unwrap().contains("192.0.2.1".parse().unwrap()));
    assert!(TrustedProxies::default().is_empty());
}

proptest! {
    /// Whatever a client sends ahead, the address that the proxy saw is the one that counts, or nothing does.
    #[test]
    fn no_text_of_a_client_moves_it(forged in "[ -~]{0,40}", quoted in any::<bool>()) {
        let seen = if quoted { "for=\"[2001:db8::7]:80\"" } else { "for=203.0.113.7" };
        let right: Found = Ok(Some(address(if quoted { "2001:db8::7" } else { "203.0.113.7" })));
        for lines in [&[&*format!("{forged}, {seen}")][..], &[&*forged, seen]] {
            let found = from(PROXY, lines, &[]);
            prop_assert!(found == right || found == Err(ForwardedError::Malformed("Forwarded")), "{found:?}");
        }
        prop_assert_eq!(from(PROXY, &[], &[&format!("{forged}, 203.0.113.7")]), Ok(Some(address("203.0.113.7"))));
    }
}
