//! What a PATCH brings: which state it is based on, and a JSON Merge Patch (RFC 7396).

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use argus_admin::{Body, Seen};

use crate::body::broken;
use crate::{Problem, etag};

/// A change, and the state that its author has seen.
pub(crate) struct Patch {
    pub(crate) seen: Seen,
    pub(crate) body: Body,
}

impl FromRequest for Patch {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let seen = etag::seen(request);
        // A patch in plain JSON can't be meant otherwise.
        let is_patch = ["application/merge-patch+json", "application/json"]
            .iter()
            .any(|kind| request.content_type().eq_ignore_ascii_case(kind));
        let octets = Bytes::from_request(request, payload);
        Box::pin(async move {
            let seen = seen?;
            let octets = octets.await.map_err(|error| broken(&error))?;
            if !is_patch {
                return Err(Problem::unsupported_patch().into());
            }
            Ok(Self { seen, body: Body::parse(&octets).map_err(Problem::from)? })
        })
    }
}
