//! The query of a list, as its pairs.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest, web};
use argus_admin::Query;

use crate::Problem;

/// The decoded pairs of a query.
pub(crate) struct Pairs(pub(crate) Query);

impl FromRequest for Pairs {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        ready(match pairs {
            Ok(pairs) => Ok(Self(Query::new(pairs.into_inner()))),
            Err(_) => Err(Problem::broken_query().into()),
        })
    }
}
