//! Bodies that may hold a secret: wiped when they were read, or sent. What the HTTP library makes of them on the way is
//! its own.

use std::io;

use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use zeroize::{Zeroize as _, Zeroizing};

/// Wipes a body that was read, where nobody else has it.
pub(crate) fn wipe(body: Bytes) {
    if let Ok(mut octets) = body.try_into_mut() {
        octets.as_mut().zeroize();
    }
}

/// An answer in JSON that shows a secret: written at its final size, for a text that grew would leave its beginnings
/// behind.
pub(crate) fn json(mut answer: HttpResponseBuilder, shown: &impl Serialize) -> HttpResponse {
    let mut length = Length(0);
    let written = serde_json::to_writer(&mut length, shown);
    let mut octets = Zeroizing::new(Vec::with_capacity(length.0));
    let written = written.and_then(|()| serde_json::to_writer(&mut *octets, shown));
    match written {
        Ok(()) => answer.content_type("application/json").body(Bytes::from_owner(octets)),
        Err(error) => HttpResponse::from_error(actix_web::error::ErrorInternalServerError(error)),
    }
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0 += octets.len();
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_answered_as_any_other_json() {
        let answer = json(HttpResponse::Created(), &json!({"secret": "äöü", "n": [1, 2]}));
        let kind = answer.headers().get("content-type").unwrap().to_str().unwrap();
        assert_eq!((answer.status().as_u16(), kind), (201, "application/json"));
        assert_eq!(answer.into_body().try_into_bytes().unwrap(), r#"{"n":[1,2],"secret":"äöü"}"#.as_bytes());
    }

    #[test]
    fn what_others_have_is_left_to_them() {
        let body = Bytes::from(b"secret".to_vec());
        let other = body.clone();
        wipe(body);
        assert_eq!(other, b"secret".as_slice());
        wipe(other);
    }
}
