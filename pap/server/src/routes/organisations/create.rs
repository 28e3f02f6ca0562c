//! `POST /v1/organisations`

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Make an organisation.
pub(crate) async fn create_organisation(asked: Asked<JsonBody>) -> Result<HttpResponse, Problem> {
    let made = asked.admin.create_organisation(&asked.call, asked.input.0).await?;
    let location = format!("/v1/organisations/{}", made.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(made))
}
