//! `Authorization: Bearer` (RFC 6750 §2.1): the one way in which a key is presented.

use actix_web::http::header::{HeaderMap, HeaderName};

use super::CallerRefused;

/// The token of the one header of this name: of `Authorization`, or of what a proxy hands it on as.
///
/// Another scheme counts as no credential at all: its challenge names ours (RFC 6750 §3.1).
pub(crate) fn read_bearer(headers: &HeaderMap, name: HeaderName) -> Result<&str, CallerRefused> {
    let mut values = headers.get_all(name);
    let value = values.next().ok_or(CallerRefused::Missing)?;
    if values.next().is_some() {
        return Err(CallerRefused::Malformed);
    }
    let (scheme, token) = split(value.as_bytes());
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(CallerRefused::Missing);
    }
    let blanks = token.iter().take_while(|octet| **octet == b' ').count();
    let token = token.get(blanks..).unwrap_or_default();
    if !is_b64token(token) {
        return Err(CallerRefused::Malformed);
    }
    std::str::from_utf8(token).map_err(|_| CallerRefused::Malformed)
}

/// What stands before the first blank, and behind it.
fn split(value: &[u8]) -> (&[u8], &[u8]) {
    let blank = value.iter().position(|octet| *octet == b' ');
    blank.and_then(|at| Some((value.get(..at)?, value.get(at + 1..)?))).unwrap_or((value, &[]))
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn is_b64token(text: &[u8]) -> bool {
    let end = text.iter().rposition(|octet| *octet != b'=').map_or(0, |last| last + 1);
    let body = text.get(..end).unwrap_or_default();
    !body.is_empty() && body.iter().all(|octet| OF_BODY.get(usize::from(*octet)) == Some(&true))
}

/// What a token may hold before its end, by octet: looked up, since each request has some 80 of them.
const OF_BODY: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < table.len() {
        #[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "in bounds, at compile time")]
        {
            let it = octet as u8;
            table[octet] = it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
        }
        octet += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use actix_web::http::header::{AUTHORIZATION, HeaderValue};

    use super::*;

    fn read(values: &[&str]) -> Result<String, CallerRefused> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        read_bearer(&headers, AUTHORIZATION).map(str::to_owned)
    }

    #[test]
    fn the_scheme_may_be_written_in_any_case() {
        for value in ["Bearer abc", "bearer abc", "BEARER   abc"] {
            assert_eq!(read(&[value]), Ok("abc".to_owned()), "{value}");
        }
        assert_eq!(read(&["Bearer a-._~+/b=="]), Ok("a-._~+/b==".to_owned()));
    }

    #[test]
    fn another_scheme_is_no_credential() {
        for values in [&[][..], &["Basic YTpi"], &["DPoP abc"], &["Bearerabc"]] {
            assert_eq!(read(values), Err(CallerRefused::Missing), "{values:?}");
        }
    }

    #[test]
    fn a_credential_that_is_no_token_is_malformed() {
        for values in [&["Bearer"][..], &["Bearer "], &["Bearer a b"], &["Bearer =a"], &["Bearer a,b"]] {
            assert_eq!(read(values), Err(CallerRefused::Malformed), "{values:?}");
        }
    }

    #[test]
    fn two_credentials_are_malformed() {
        assert_eq!(read(&["Bearer a", "Bearer a"]), Err(CallerRefused::Malformed));
        assert_eq!(read(&["Basic a", "Bearer a"]), Err(CallerRefused::Malformed));
    }
}
