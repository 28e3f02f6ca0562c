//! `GET /v1/plans`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, PlanView};

use crate::Problem;
use crate::asked::Asked;
use crate::page::page;
use crate::query::Pairs;

/// List the plans: what an organisation may have at most, and which features are its.
#[utoipa::path(
    get, path = "/v1/plans", tag = "organisations",
    responses((status = 200, description = "A page, by name.", body = Listed<PlanView>)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_plans(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    page(&request, &asked.admin.list_plans(&asked.call, asked.input.0).await?)
}
