//! `GET /v1/nodes`

use actix_web::{HttpRequest, HttpResponse};
use argus_admin::Nodes;

use crate::Problem;
use crate::asked::Asked;
use crate::page::page_of;
use crate::query::Pairs;

/// List the nodes of the installation, how far each has come, and how long a revocation takes at most.
#[utoipa::path(
    get, path = "/v1/nodes", tag = "nodes",
    responses((status = 200, description = "A page.", body = Nodes)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_nodes(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    let nodes = asked.admin.list_nodes(&asked.call, asked.input.0).await?;
    page_of(&request, &nodes, nodes.next_cursor.as_deref())
}
