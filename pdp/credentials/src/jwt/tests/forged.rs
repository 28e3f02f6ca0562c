//! Forged tokens, each of which is refused for exactly one cause.

use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::sign;
use serde_json::{Value, json};

use super::support::{
    ARGUS, AUDIENCE, CURVE, Class, EDWARDS, HOLDERS, ISSUER, ISSUERS, KEY, NOW, OURS, STRANGERS, encode,
};
use crate::jwt::{JwtFault as Fault, LONGEST_JWT};

use Class::{Access, Assertion, Bearer, Issuer};

pub(super) struct Forged {
    pub(super) what: &'static str,
    pub(super) class: Class,
    pub(super) token: String,
    pub(super) fault: Fault,
}

fn forged(what: &'static str, class: Class, token: String, fault: Fault) -> Forged {
    Forged { what, class, token, fault }
}

/// The three parts of a right token.
fn parts(class: Class) -> [String; 3] {
    let token = class.token();
    let mut parts = token.split('.').map(str::to_owned);
    [parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap()]
}

/// A right token with another text in the place of one part.
fn with_part(class: Class, place: usize, text: &str) -> String {
    let mut parts = parts(class);
    parts[place] = text.to_owned();
    parts.join(".")
}

/// Claims and header of a class under an HMAC with whatever secret.
fn hmac(class: Class, algorithm: &str, secret: &[u8]) -> String {
    let mut header = class.header();
    header["alg"] = algorithm.into();
    let message = format!("{}.{}", encode(header.to_string()), encode(class.claims().to_string()));
    let by_name = match algorithm {
        "HS384" => jsonwebtoken::Algorithm::HS384,
        "HS512" => jsonwebtoken::Algorithm::HS512,
        _ => jsonwebtoken::Algorithm::HS256,
    };
    let signature = sign(message.as_bytes(), &EncodingKey::from_secret(secret), by_name).unwrap();
    format!("{message}.{signature}")
}

/// A token without signature that says so.
fn unsigned(algorithm: &Value) -> String {
    let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": "ours"});
    format!("{}.{}.", encode(header.to_string()), encode(Access.claims().to_string()))
}

fn header_text(class: Class, header: &str) -> String {
    class.signer().sign(header, &class.claims().to_string())
}

fn claims_text(class: Class, claims: &str) -> String {
    class.signer().sign(&class.header().to_string(), claims)
}

/// The confusion of algorithms (RFC 8725 §2.1): the token chooses how it is verified.
#[rustfmt::skip]
fn algorithms() -> Vec<Forged> {
    let modulus = OURS.jwk["n"].as_str().unwrap();
    let pem = include_bytes!("pem/rsa.pub.pem");
    let jwk = serde_json::to_vec(&OURS.jwk).unwrap();
    let mut all = vec![
        forged("HS256 with the modulus", Access, hmac(Access, "HS256", modulus.as_bytes()), Fault::Algorithm),
        forged("HS256 with a public key in PEM", Access, hmac(Access, "HS256", pem), Fault::Algorithm),
        forged("HS256 with the JWK", Access, hmac(Access, "HS256", &jwk), Fault::Algorithm),
        forged("HS256 without secret", Access, hmac(Access, "HS256", b""), Fault::Algorithm),
        forged("HS384", Bearer, hmac(Bearer, "HS384", modulus.as_bytes()), Fault::Algorithm),
        forged("HS512", Issuer, hmac(Issuer, "HS512", modulus.as_bytes()), Fault::Algorithm),
        forged("an HMAC that says RS256", Access, with_signature_of(&hmac(Access, "HS256", modulus.as_bytes())), Fault::Signature),
        forged("ES256 for an RSA key", Access, header_text(Access, r#"{"alg":"ES256","typ":"at+jwt","kid":"ours"}"#), Fault::Algorithm),
        forged("RS256 for an elliptic key", Access, header_text(Access, r#"{"alg":"RS256","typ":"at+jwt","kid":"curve"}"#), Fault::Algorithm),
        forged("EdDSA for an RSA key", Bearer, header_text(Bearer, r#"{"alg":"EdDSA","kid":"holders"}"#), Fault::Algorithm),
        forged("an algorithm that the issuer doesn't use", Issuer, EDWARDS.sign(r#"{"alg":"EdDSA","kid":"edwards"}"#, &Issuer.claims().to_string()), Fault::Algorithm),
        forged("no algorithm", Access, header_text(Access, r#"{"typ":"at+jwt","kid":"ours"}"#), Fault::Algorithm),
        forged("an algorithm that is no text", Access, header_text(Access, r#"{"alg":["RS256"],"typ":"at+jwt","kid":"ours"}"#), Fault::Algorithm),
    ];
    for name in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        " none",
        "none\u{0}",
        "rs256",
        "RS256 ",
        "RS384",
        "RS512",
        "PS256",
        "ES384",
        "ES256K",
        "RS1",
        "dir",
    ] {
        all.push(forged("an algorithm that is not offered", Access, unsigned(&json!(name)), Fault::Algorithm));
        let header = json!({"alg": name, "typ": "at+jwt", "kid": "ours"}).to_string();
        all.push(forged("the same, signed", Access, header_text(Access, &header), Fault::Algorithm));
    }
    all.push(forged("null", Access, unsigned(&Value::Null), Fault::Algorithm));
    all
}

/// The signature of a token under the header and claims of a right one.
fn with_signature_of(token: &str) -> String {
    let (_, signature) = token.rsplit_once('.').unwrap();
    with_part(Access, 2, signature)
}

#[rustfmt::skip]
fn signatures() -> Vec<Forged> {
    let [header, claims, signature] = parts(Access);
    let strangers = STRANGERS.sign(&Access.header().to_string(), &Access.claims().to_string());
    let short: String = signature.chars().take(signature.len() - 2).collect();
    let other = Access.with_claims(&json!({"sub": "x"}));
    let zeros = encode([0; 256]);
    let es = |signature: &[u8]| {
        let message = format!(
            "{}.{}",
            encode(r#"{"alg":"ES256","typ":"at+jwt","kid":"curve"}"#),
            encode(Access.claims().to_string())
        );
        format!("{message}.{}", encode(signature))
    };
    vec![
        forged("a stranger's signature under our kid", Access, strangers, Fault::Signature),
        forged("no signature", Access, format!("{header}.{claims}."), Fault::Signature),
        forged("a truncated signature", Access, with_part(Access, 2, &short), Fault::Signature),
        forged("a longer signature", Access, with_part(Access, 2, &format!("{signature}AAAA")), Fault::Signature),
        forged("a signature of zeros", Access, with_part(Access, 2, &zeros), Fault::Signature),
        forged("other claims under the signature", Access, with_part(Access, 1, other.split('.').nth(1).unwrap()), Fault::Signature),
        forged("another header under the signature", Access, with_part(Access, 0, &encode(r#"{"alg":"RS256","typ":"at+jwt"}"#)), Fault::Signature),
        forged("an elliptic signature of zeros (CVE-2022-21449)", Access, es(&[0; 64]), Fault::Signature),
        forged("an elliptic signature in DER", Access, es(&[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]), Fault::Signature),
        forged("an elliptic signature of one half", Access, es(&[1; 32]), Fault::Signature),
        forged("the holder's key for an access token", Access, HOLDERS.sign(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "ours"}).to_string(), &Access.claims().to_string()), Fault::Signature),
    ]
}

#[rustfmt::skip]
fn forms() -> Vec<Forged> {
    let [header, claims, signature] = parts(Access);
    let token = Access.token();
    let long = Access.with_claims(&json!({"more": "x".repeat(LONGEST_JWT)}));
    // The last of 342 characters for 256 octets has four bits that mean nothing.
    let last = match signature.chars().last().unwrap() {
        'A' => 'B',
        'Q' => 'R',
        'g' => 'h',
        _ => 'x',
    };
    let stray: String = signature.chars().take(signature.len() - 1).chain([last]).collect();
    vec![
        forged("longer than 16 KiB", Access, long, Fault::TooLong),
        forged("nothing", Access, String::new(), Fault::Parts),
        forged("one part", Access, header.clone(), Fault::Parts),
        forged("two parts", Access, format!("{header}.{claims}"), Fault::Parts),
        forged("four parts", Access, format!("{token}.{signature}"), Fault::Parts),
        forged("five parts, as of an encrypted token", Access, format!("{header}.{claims}.{signature}.{claims}.{signature}"), Fault::Parts),
        forged("no header", Access, format!(".{claims}.{signature}"), Fault::Json),
        forged("no claims", Access, format!("{header}..{signature}"), Fault::Json),
        forged("padding", Access, format!("{token}=="), Fault::Encoding),
        forged("padding in the header", Access, format!("{}==.{claims}.{signature}", encode(r#"{"alg":"RS256"} "#)), Fault::Encoding),
        forged("the other alphabet", Access, with_part(Access, 2, &signature.replacen(|_| true, "+", 1)), Fault::Encoding),
        forged("stray bits at the end of the signature", Access, with_part(Access, 2, &stray), Fault::Encoding),
        forged("a line break at the end", Access, format!("{token}\n"), Fault::Encoding),
        forged("a blank before", Access, format!(" {token}"), Fault::Encoding),
        forged("a blank within", Access, with_part(Access, 1, &format!("{claims} ")), Fault::Encoding),
        forged("one character too many", Access, with_part(Access, 1, &format!("{claims}A")), Fault::Encoding),
        forged("a header that is no JSON", Access, with_part(Access, 0, &encode("alg: RS256")), Fault::Json),
        forged("a header that is a list", Access, with_part(Access, 0, &encode("[]")), Fault::Json),
        forged("a header with something behind it", Access, header_text(Access, r#"{"alg":"RS256","typ":"at+jwt","kid":"ours"}{}"#), Fault::Json),
        forged("a header that is not UTF-8", Access, with_part(Access, 0, &encode(b"{\"alg\":\"\xff\"}")), Fault::Json),
        forged("claims that are a text", Access, claims_text(Access, "\"sub\""), Fault::Json),
        forged("claims that break off", Access, claims_text(Access, "{\"iss\":"), Fault::Json),
        forged("claims with a byte order mark", Access, claims_text(Access, "\u{feff}{}"), Fault::Json),
        forged("an algorithm twice", Access, header_text(Access, r#"{"alg":"RS256","alg":"none","typ":"at+jwt"}"#), Fault::Json),
        forged("a claim twice", Bearer, claims_text(Bearer, &format!(r#"{{"iss":"{KEY}","sub":"{KEY}","sub":"x","aud":"argus","exp":{}}}"#, NOW + 60)), Fault::Json),
        forged("a claim twice, once escaped", Bearer, claims_text(Bearer, &format!(r#"{{"iss":"{KEY}","sub":"{KEY}","aud":"argus","exp":{},"\u0065xp":1}}"#, NOW + 60)), Fault::Json),
        forged("claims nested without end", Bearer, claims_text(Bearer, &format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500))), Fault::Json),
    ]
}

#[rustfmt::skip]
fn headers() -> Vec<Forged> {
    let embedded = |name: &str, value: &Value| Access.with_header(&json!({name: value}));
    let stranger = Value::Object(STRANGERS.jwk.clone());
    let own_key = |header: &str| STRANGERS.sign(header, &Access.claims().to_string());
    vec![
        forged("crit", Access, Access.with_header(&json!({"crit": ["exp"]})), Fault::Critical),
        forged("crit with b64 (RFC 7797)", Access, Access.with_header(&json!({"crit": ["b64"], "b64": false})), Fault::Critical),
        forged("an empty crit", Access, Access.with_header(&json!({"crit": []})), Fault::Critical),
        forged("jwk", Access, embedded("jwk", &stranger), Fault::EmbeddedKey),
        forged("jwk, and signed with it", Access, own_key(&json!({"alg": "RS256", "typ": "at+jwt", "jwk": stranger}).to_string()), Fault::EmbeddedKey),
        forged("jku", Access, embedded("jku", &json!("https://evil.example/jwks.json")), Fault::EmbeddedKey),
        forged("x5u", Access, embedded("x5u", &json!("https://evil.example/cert.pem")), Fault::EmbeddedKey),
        forged("x5c", Access, embedded("x5c", &json!(["MIIB"])), Fault::EmbeddedKey),
        forged("another issuer's kid", Access, ISSUERS.sign(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "issuers"}).to_string(), &Access.claims().to_string()), Fault::UnknownKey),
        forged("a kid that is a path", Access, Access.with_header(&json!({"kid": "../../dev/null"})), Fault::UnknownKey),
        forged("a kid that is SQL", Access, Access.with_header(&json!({"kid": "x' UNION SELECT 'key' --"})), Fault::UnknownKey),
        forged("a kid that is a command", Bearer, Bearer.with_header(&json!({"kid": "|curl evil.example"})), Fault::UnknownKey),
        forged("a kid with a zero behind it", Access, Access.with_header(&json!({"kid": "ours\u{0}"})), Fault::UnknownKey),
        forged("a kid that is empty", Access, Access.with_header(&json!({"kid": ""})), Fault::UnknownKey),
        forged("a kid that is a number", Access, Access.with_header(&json!({"kid": 1})), Fault::UnknownKey),
        forged("a kid in another case", Access, Access.with_header(&json!({"kid": "OURS"})), Fault::UnknownKey),
        forged("no type, for an access token", Access, Access.with_header(&json!({"typ": null})), Fault::Type),
        forged("JWT, for an access token", Access, Access.with_header(&json!({"typ": "JWT"})), Fault::Type),
        forged("a type that is a list", Access, Access.with_header(&json!({"typ": ["at+jwt"]})), Fault::Type),
        forged("an identity token's type", Issuer, Issuer.with_header(&json!({"typ": "ID"})), Fault::Type),
        forged("a logout token", Issuer, Issuer.with_header(&json!({"typ": "logout+jwt"})), Fault::Type),
        forged("an event", Issuer, Issuer.with_header(&json!({"typ": "secevent+jwt"})), Fault::Type),
        forged("a proof of possession, as a bearer token", Bearer, Bearer.with_header(&json!({"typ": "dpop+jwt"})), Fault::Type),
        forged("a proof of possession, as an assertion", Assertion, Assertion.with_header(&json!({"typ": "dpop+jwt"})), Fault::Type),
        forged("a client's assertion, as a bearer token", Bearer, Bearer.with_header(&json!({"typ": "client-authentication+jwt"})), Fault::Type),
        forged("an access token's type, as a bearer token", Bearer, Bearer.with_header(&json!({"typ": "at+jwt"})), Fault::Type),
        forged("an access token's type, as an assertion", Assertion, Assertion.with_header(&json!({"typ": "at+jwt"})), Fault::Type),
    ]
}

#[rustfmt::skip]
fn claims() -> Vec<Forged> {
    let mut all = vec![
        forged("an access token of another issuer", Access, Access.with_claims(&json!({"iss": "https://argus.example/"})), Fault::Issuer),
        forged("an issuer in another case", Access, Access.with_claims(&json!({"iss": "https://ARGUS.example"})), Fault::Issuer),
        forged("an issuer that is a list", Access, Access.with_claims(&json!({"iss": [ARGUS]})), Fault::WrongType("iss")),
        forged("another key's name under the holder's signature", Bearer, Bearer.with_claims(&json!({"iss": "019a3c5e-0000-7000-8000-000000000002"})), Fault::Issuer),
        forged("another key as the subject", Bearer, Bearer.with_claims(&json!({"sub": "019a3c5e-0000-7000-8000-000000000002"})), Fault::Subject),
        forged("another key as the subject of an assertion", Assertion, Assertion.with_claims(&json!({"sub": "019a3c5e-0000-7000-8000-000000000002"})), Fault::Subject),
        forged("another client than the subject", Access, Access.with_claims(&json!({"client_id": "019a3c5e-0000-7000-8000-000000000002"})), Fault::Subject),
        forged("another audience", Access, Access.with_claims(&json!({"aud": "https://other.example"})), Fault::Audience),
        forged("another audience in a list", Bearer, Bearer.with_claims(&json!({"aud": ["x", "y"]})), Fault::Audience),
        forged("an audience that begins like ours", Bearer, Bearer.with_claims(&json!({"aud": "argus2"})), Fault::Audience),
        forged("an audience that is empty", Bearer, Bearer.with_claims(&json!({"aud": ""})), Fault::Audience),
        forged("an empty list of audiences", Bearer, Bearer.with_claims(&json!({"aud": []})), Fault::WrongType("aud")),
        forged("an audience that is an object", Bearer, Bearer.with_claims(&json!({"aud": {"argus": true}})), Fault::WrongType("aud")),
        forged("a number among the audiences", Bearer, Bearer.with_claims(&json!({"aud": ["argus", 1]})), Fault::WrongType("aud")),
        forged("an assertion for the decision point, as one", Assertion, Assertion.with_claims(&json!({"aud": AUDIENCE})), Fault::Audience),
        forged("an assertion for others as well", Assertion, Assertion.with_claims(&json!({"aud": [ARGUS, AUDIENCE]})), Fault::Audience),
        forged("a bearer token for the authorisation server", Bearer, Bearer.with_claims(&json!({"aud": ARGUS})), Fault::Audience),
        forged("an issuer's token for somebody else", Issuer, Issuer.with_claims(&json!({"aud": AUDIENCE})), Fault::Audience),
        forged("expired", Access, Access.with_claims(&json!({"exp": NOW - 30})), Fault::Expired),
        forged("expired in 1970", Issuer, Issuer.with_claims(&json!({"exp": 0})), Fault::Expired),
        forged("not yet valid", Bearer, Bearer.with_claims(&json!({"nbf": NOW + 31})), Fault::NotYetValid),
        forged("issued in the future", Access, Access.with_claims(&json!({"iat": NOW + 31})), Fault::IssuedLater),
        forged("a bearer token for two hours", Bearer, Bearer.with_claims(&json!({"exp": NOW + 7_200})), Fault::TooLongLived),
        forged("an assertion for ten minutes", Assertion, Assertion.with_claims(&json!({"exp": NOW + 600})), Fault::TooLongLived),
        forged("a bearer token as an assertion", Assertion, Bearer.with_claims(&json!({"aud": ARGUS, "exp": NOW + 60})), Fault::Missing("jti")),
        forged("bound in a way that is not understood", Access, Access.with_claims(&json!({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}})), Fault::Binding),
        forged("bound in two ways", Access, Access.with_claims(&json!({"cnf": {"x5t#S256": encode([0; 32]), "jkt": "x"}})), Fault::Binding),
        forged("bound to a short thumbprint", Access, Access.with_claims(&json!({"cnf": {"x5t#S256": encode([0; 20])}})), Fault::Binding),
        forged("bound to nothing", Access, Access.with_claims(&json!({"cnf": {}})), Fault::Binding),
        forged("bound by a text", Access, Access.with_claims(&json!({"cnf": "x"})), Fault::WrongType("cnf")),
        forged("an issuer's token that is bound", Issuer, Issuer.with_claims(&json!({"cnf": {"x5t#S256": encode([0; 32])}})), Fault::Binding),
        forged("a scope that is a list", Access, Access.with_claims(&json!({"scope": ["acme:admin"]})), Fault::WrongType("scope")),
        forged("a scope that is empty", Access, Access.with_claims(&json!({"scope": ""})), Fault::WrongType("scope")),
        forged("an issuer of its own", Issuer, STRANGERS.sign(&Issuer.header().to_string(), &json!({"iss": "https://evil.example", "sub": "ci", "aud": ISSUER, "exp": NOW + 60}).to_string()), Fault::Issuer),
    ];
    for class in Class::ALL {
        for name in class.required() {
            all.push(forged("a claim that is missing", class, class.with_claims(&json!({*name: null})), Fault::Missing(name)));
            let claims =
                class.claims().to_string().replacen(&format!("\"{name}\":"), &format!("\"{name}\":null,\"was\":"), 1);
            all.push(forged("a claim that is null", class, claims_text(class, &claims), Fault::WrongType(name)));
            all.push(forged("a claim that is true", class, class.with_claims(&json!({*name: true})), Fault::WrongType(name)));
        }
        for name in ["exp", "nbf", "iat"] {
            for value in [json!("1800000600"), json!([NOW + 600]), json!({}), json!(-1), json!(1e300), json!(false)] {
                all.push(forged("a time of another type", class, class.with_claims(&json!({name: value})), Fault::WrongType(name)));
            }
        }
        for name in ["iss", "sub"] {
            all.push(forged("a name that is empty", class, class.with_claims(&json!({name: ""})), Fault::WrongType(name)));
        }
    }
    all
}

/// Every forged token.
pub(super) fn all() -> Vec<Forged> {
    [algorithms(), signatures(), forms(), headers(), claims()].into_iter().flatten().collect()
}

#[test]
fn every_forged_token_is_refused_for_its_own_cause() {
    let all = all();
    assert!(all.len() >= 200, "{}", all.len());
    let wrong: Vec<_> = all
        .iter()
        .map(|forged| (forged, forged.class.verify(&forged.token)))
        .filter(|(forged, outcome)| *outcome != Err(forged.fault))
        .map(|(forged, outcome)| format!("{} ({:?}): {outcome:?}, not {:?}", forged.what, forged.class, forged.fault))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_token_without_kid_means_nobody_where_two_might_be_meant() {
    use crate::jwt::{Jwt, KeySet};
    let token = Access.with_header(&json!({"kid": null}));
    let both = KeySet::new(vec![OURS.public(), STRANGERS.public(), CURVE.public()]);
    assert_eq!(both.find(&Jwt::read(&token).unwrap()).err(), Some(Fault::UnknownKey));
    let twice = KeySet::new(vec![OURS.public(), OURS.public()]);
    assert_eq!(twice.find(&Jwt::read(&Access.token()).unwrap()).err(), Some(Fault::UnknownKey));
}

#[test]
fn no_byte_of_a_token_can_be_changed() {
    let token = Bearer.token();
    for place in 0..token.len() {
        let mut octets = token.clone().into_bytes();
        octets[place] = if octets[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(octets).unwrap();
        assert!(Bearer.verify(&changed).is_err(), "octet {place}");
    }
}
