//! JSON bodies: their type, their size, their form.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use argus_admin::Body;

use crate::wiped::wipe;
use crate::{BODY_BYTES, Problem};

/// A body that is a JSON object, or none at all.
pub(crate) struct JsonBody(pub(crate) Body);

impl FromRequest for JsonBody {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let octets = Bytes::from_request(request, payload);
        Box::pin(async move {
            let octets = octets.await.map_err(|error| broken(&error))?;
            if !is_json && !octets.is_empty() {
                return Err(Problem::unsupported_media_type().into());
            }
            let body = Body::parse(&octets);
            wipe(octets);
            Ok(Self(body.map_err(Problem::from)?))
        })
    }
}

pub(crate) fn broken(error: &Error) -> Problem {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => Problem::body_too_large(BODY_BYTES),
        _ => Problem::broken_body(),
    }
}
