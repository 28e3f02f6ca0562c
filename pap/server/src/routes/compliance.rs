//! `GET /v1/compliance/fips`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse};
use argus_admin::FipsReport;

use crate::asked::Asked;
use crate::{Problem, etag};

/// Show how keys are managed, control by control of FIPS 140-2 section 4.7, FIPS 140-3 and NIST SP 800-132.
///
/// Each control has the evidence that was read from the running system, and passes or fails.
#[utoipa::path(
    get, path = "/v1/compliance/fips", tag = "compliance",
    responses((status = 200, description = "Every control.", body = FipsReport)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn show_fips(request: HttpRequest, asked: Asked) -> Result<HttpResponse, Problem> {
    let report = asked.admin.show_fips(&asked.call).await?;
    etag::shown(&request, None, etag::written(&report)?, ContentType::json())
}
