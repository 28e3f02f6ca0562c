//! Who the client is (RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705 §2): exactly one proof, and a key that it is proof of.
//!
//! A certificate is the proof of a client that names itself and sends no other. Beside a secret or an assertion it proves
//! nothing and is not judged: whatever connects by mutual TLS shows one, whoever it authenticates as.

use std::net::IpAddr;
use std::sync::Arc;

use argus_credentials::certificate::CertificateChain;
use argus_credentials::{PresentedKey, Secret};
use argus_store::KeyId;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Form, OauthRefused, OauthRequest};
use crate::{Admin, Call, Caller, TlsClientAuth, Unauthenticated};

/// What a client brings to prove who it is.
enum Proof {
    /// Id and secret, in the header or in the body.
    Secret { client_id: String, secret: Secret, method: &'static str },
    /// A JWT that it has signed.
    Assertion { client_id: Option<String>, assertion: Secret },
    /// The certificate that it has shown.
    Certificate { client_id: String },
}

/// The one type of assertion there is (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that has proved who it is.
pub(crate) struct Client {
    pub(crate) call: Call,
    /// How, by the name in the metadata (RFC 8414 §2, RFC 8705 §2).
    pub(crate) method: &'static str,
}

impl Admin {
    /// Finds out who the client is. Every client that isn't known, or doesn't prove who it is, gets the same answer.
    pub(crate) async fn authenticate_client(&self, request: &mut OauthRequest) -> Result<Client, OauthRefused> {
        let authorization: Vec<&str> = request.authorization.iter().map(Secret::expose).collect();
        let (peer, id) = (request.peer, request.request_id.clone());
        let certificate = request.certificate.as_ref();
        match Proof::read(&authorization, certificate.is_some(), &mut request.form)? {
            Proof::Secret { client_id, secret, method } => {
                // A secret is a key as it was shown. What else may stand behind `Bearer` is no client secret.
                PresentedKey::parse(secret.expose()).map_err(|_| OauthRefused::invalid_client())?;
                let bearer = Secret::new(format!("Bearer {}", secret.expose()));
                let call = self.authenticate(&[bearer.expose()], None, peer, id).await?;
                Ok(Client { call: named(call, Some(&client_id))?, method })
            }
            Proof::Assertion { client_id, assertion } => {
                let audiences = self.issuer().assertion_audiences();
                let caller = self.authority().authenticate_assertion(assertion.expose(), &audiences, peer).await;
                let call = named(self.admit(caller, (peer, id), || None)?, client_id.as_deref())?;
                Ok(Client { call, method: "private_key_jwt" })
            }
            Proof::Certificate { client_id } => {
                let caller = certificate.ok_or(Unauthenticated::Missing);
                let found = caller.and_then(|shown| self.find_certified(&client_id, shown, peer));
                let (caller, method) = match found {
                    Ok((caller, method)) => (Ok(caller), method),
                    Err(refused) => (Err(refused), ""),
                };
                Ok(Client { call: self.admit(caller, (peer, id), || None)?, method })
            }
        }
    }

    /// The client that is registered with a certificate: with a name in it that a trusted authority vouches for, or with
    /// the certificate itself (RFC 8705 §2.1, §2.2).
    fn find_certified(
        &self,
        client_id: &str,
        shown: &CertificateChain,
        peer: Option<IpAddr>,
    ) -> Result<(Arc<dyn Caller>, &'static str), Unauthenticated> {
        let client: KeyId = client_id.parse().map_err(|_| Unauthenticated::Refused)?;
        let by = |method| self.authority().authenticate_certificate(client, method, shown, peer);
        let signed = by(TlsClientAuth::Signed).map(|caller| (caller, "tls_client_auth"));
        signed.or_else(|_| by(TlsClientAuth::SelfSigned).map(|caller| (caller, "self_signed_tls_client_auth")))
    }
}

/// Whoever proves that he is one client is not another.
fn named(call: Call, client_id: Option<&str>) -> Result<Call, OauthRefused> {
    match client_id {
        Some(named) if named.parse::<KeyId>().ok() != Some(call.caller().key_id()) => {
            Err(OauthRefused::invalid_client())
        }
        _ => Ok(call),
    }
}

impl Proof {
    /// Reads the one proof of a request. Two of them are one too many (RFC 6749 §2.3), whatever they say.
    fn read(authorization: &[&str], has_certificate: bool, form: &mut Form) -> Result<Self, OauthRefused> {
        let in_header = match authorization {
            [] => None,
            [one] => Some(*one),
            _ => return Err(OauthRefused::invalid_request("`Authorization` is there twice")),
        };
        let has_assertion = form.has("client_assertion") || form.has("client_assertion_type");
        let ways = [in_header.is_some(), form.has("client_secret"), has_assertion];
        if ways.iter().filter(|way| **way).count() > 1 {
            return Err(OauthRefused::invalid_request("the client authenticates in two ways, where one is enough"));
        }
        let named = form.take("client_id").map(|id| id.expose().to_owned());
        if let Some(value) = in_header {
            return read_basic(value, named.as_deref());
        }
        if has_assertion {
            return read_assertion(form, named);
        }
        match (named, form.take("client_secret")) {
            (Some(client_id), Some(secret)) => Ok(Self::Secret { client_id, secret, method: "client_secret_post" }),
            (None, Some(_)) => Err(OauthRefused::invalid_request("`client_secret` comes without `client_id`")),
            (Some(client_id), None) if has_certificate => Ok(Self::Certificate { client_id }),
            // One certificate may be registered for several clients (RFC 8705 §2).
            (None, None) if has_certificate => {
                Err(OauthRefused::invalid_request("a certificate comes without the `client_id` that it authenticates"))
            }
            (_, None) => Err(OauthRefused::invalid_client()),
        }
    }
}

/// `Basic`, with id and secret each encoded like a value of a form before they are joined (RFC 6749 §2.3.1).
fn read_basic(value: &str, named: Option<&str>) -> Result<Proof, OauthRefused> {
    let refused = OauthRefused::invalid_client;
    let (scheme, credentials) = value.split_once(' ').ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(refused());
    }
    let octets = zeroize::Zeroizing::new(STANDARD.decode(credentials.trim_start_matches(' ')).map_err(|_| refused())?);
    let text = std::str::from_utf8(&octets).map_err(|_| refused())?;
    let (client_id, secret) = text.split_once(':').ok_or_else(refused)?;
    let client_id = decode(client_id).ok_or_else(refused)?;
    let secret = Secret::new(decode(secret).ok_or_else(refused)?);
    if named.is_some_and(|named| named != client_id) {
        return Err(OauthRefused::invalid_request("`client_id` is another than the one in `Authorization`"));
    }
    Ok(Proof::Secret { client_id, secret, method: "client_secret_basic" })
}

fn read_assertion(form: &mut Form, client_id: Option<String>) -> Result<Proof, OauthRefused> {
    let kind = form.required("client_assertion_type")?;
    if kind.expose() != JWT_BEARER {
        return Err(OauthRefused::invalid_request(format!("`client_assertion_type` is not `{JWT_BEARER}`")));
    }
    Ok(Proof::Assertion { client_id, assertion: form.required("client_assertion")? })
}

/// A value of a form: `+` is a blank, `%` stands before two hexadecimal digits. Anything else is no such value.
fn decode(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OauthCode;

    fn read(authorization: &[&str], pairs: &[(&str, &str)]) -> Result<(Option<String>, String), OauthCode> {
        read_over(false, authorization, pairs)
    }

    fn read_over(
        has_certificate: bool,
        authorization: &[&str],
        pairs: &[(&str, &str)],
    ) -> Result<(Option<String>, String), OauthCode> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let proof = Proof::read(authorization, has_certificate, &mut Form::new(pairs.collect()).unwrap());
        match proof.map_err(|refused| refused.code)? {
            Proof::Secret { client_id, secret, .. } => Ok((Some(client_id), secret.expose().to_owned())),
            Proof::Assertion { client_id, assertion } => Ok((client_id, assertion.expose().to_owned())),
            Proof::Certificate { client_id } => Ok((Some(client_id), "certificate".to_owned())),
        }
    }

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn id_and_secret_are_decoded_like_values_of_a_form() {
        for (text, id, secret) in [
            ("an-id:a-secret", "an-id", "a-secret"),
            ("an%2Did:%61%2Dsecret", "an-id", "a-secret"),
            ("a+b:c+d", "a b", "c d"),
            ("a%2Bb:c%2bd", "a+b", "c+d"),
            ("a%3Ab:c%3Ad:e", "a:b", "c:d:e"),
            ("a%25b:%25", "a%b", "%"),
            ("%C3%A4:%C3%B6", "ä", "ö"),
            ("an-id:", "an-id", ""),
        ] {
            assert_eq!(read(&[&basic(text)], &[]), Ok((Some(id.to_owned()), secret.to_owned())), "{text}");
        }
        for text in ["no-colon", "a%:b", "a:%4", "a:%zz", "a:%C3", "%FF:a"] {
            assert_eq!(read(&[&basic(text)], &[]), Err(OauthCode::InvalidClient), "{text}");
        }
    }

    #[test]
    fn a_header_of_another_scheme_or_form_is_no_client() {
        for value in ["Basic", "Basic !", "Basic YTpi=", "Bearer YTpi", "Digest YTpi", "basicYTpi"] {
            assert_eq!(read(&[value], &[]), Err(OauthCode::InvalidClient), "{value}");
        }
        assert_eq!(read(&["bAsIc YTpi"], &[]), Ok((Some("a".to_owned()), "b".to_owned())));
        assert_eq!(read(&["Basic YTpi", "Basic YTpi"], &[]), Err(OauthCode::InvalidRequest));
    }

    #[test]
    fn there_is_one_proof_and_not_two() {
        let (id, secret) = (("client_id", "a"), ("client_secret", "b"));
        let (kind, assertion) = (("client_assertion_type", JWT_BEARER), ("client_assertion", "c"));
        assert_eq!(read(&[], &[id, secret]), Ok((Some("a".to_owned()), "b".to_owned())));
        assert_eq!(read(&[], &[kind, assertion]), Ok((None, "c".to_owned())));
        assert_eq!(read(&[], &[kind, assertion, id]), Ok((Some("a".to_owned()), "c".to_owned())));
        assert_eq!(read(&["Basic YTpi"], &[id]), Ok((Some("a".to_owned()), "b".to_owned())));

        let invalid = Err(OauthCode::InvalidRequest);
        assert_eq!(read(&["Basic YTpi"], &[id, secret]), invalid);
        assert_eq!(read(&["Basic YTpi"], &[kind, assertion]), invalid);
        assert_eq!(read(&[], &[id, secret, kind, assertion]), invalid);
        assert_eq!(read(&["Basic YTpi"], &[("client_id", "other")]), invalid);
        assert_eq!(read(&[], &[secret]), invalid);
        assert_eq!(read(&[], &[assertion]), invalid);
        assert_eq!(read(&[], &[kind]), invalid);
        assert_eq!(read(&[], &[("client_assertion_type", "urn:x"), assertion]), invalid);

        assert_eq!(read(&[], &[]), Err(OauthCode::InvalidClient));
        assert_eq!(read(&[], &[id]), Err(OauthCode::InvalidClient));
        assert_eq!(read(&[], &[id, ("client_secret", "")]), Err(OauthCode::InvalidClient));
    }

    #[test]
    fn a_certificate_is_the_proof_of_whoever_names_himself_and_sends_no_other() {
        let (id, secret) = (("client_id", "a"), ("client_secret", "b"));
        let (kind, assertion) = (("client_assertion_type", JWT_BEARER), ("client_assertion", "c"));
        let proven = |by: &str| Ok((Some("a".to_owned()), by.to_owned()));
        assert_eq!(read_over(true, &[], &[id]), proven("certificate"));
        assert_eq!(read_over(true, &[], &[id, ("client_secret", "")]), proven("certificate"));
        assert_eq!(read_over(true, &[], &[id, secret]), proven("b"));
        assert_eq!(read_over(true, &[], &[id, kind, assertion]), proven("c"));
        assert_eq!(read_over(true, &["Basic YTpi"], &[id]), proven("b"));
        assert_eq!(read_over(true, &["Basic !"], &[id]), Err(OauthCode::InvalidClient), "a wrong proof is one");
        assert_eq!(read_over(true, &[], &[]), Err(OauthCode::InvalidRequest));
        assert_eq!(read_over(true, &[], &[id, secret, kind, assertion]), Err(OauthCode::InvalidRequest));
    }
}
