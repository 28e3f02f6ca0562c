//! The answer to what was made: 201, where it is, and its tag.

use actix_web::HttpResponse;
use actix_web::http::header;
use argus_admin::Tagged;
use serde::Serialize;

use crate::wiped;

/// `shown` may say more of the thing than a GET of it does; its tag is that of the GET (RFC 9110 §15.3.2).
pub(crate) fn created<T: Serialize + Tagged>(location: &str, thing: &T, shown: &impl Serialize) -> HttpResponse {
    let mut answer = HttpResponse::Created();
    answer.insert_header((header::LOCATION, location)).insert_header((header::ETAG, thing.entity_tag()));
    wiped::json(answer, shown)
}
