//! Pages and the way from one to the next.

use serde_json::json;

use crate::{ROOT, get, post, with_acme};

#[actix_web::test]
async fn a_page_leads_to_the_next_by_link_and_by_cursor() {
    let installation = with_acme().await;
    for n in 0..3 {
        let body = json!({"organisation": "acme", "name": format!("k{n}"), "scopes": ["acme/x:read"]});
        assert_eq!(post(&installation, ROOT, "/v1/keys", &body).await.status, 201);
    }
    let mut path = "/v1/keys?organisation=acme&limit=1".to_owned();
    let mut names = Vec::new();
    loop {
        let page = get(&installation, &path).await;
        assert_eq!(page.status, 200, "{page:?}");
        names.push(page.body["items"][0]["name"].as_str().unwrap().to_owned());
        let link = page.header("link");
        let Some(next) = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")) else {
            assert!(page.body["next_cursor"].is_null());
            break;
        };
        assert!(next.ends_with(page.body["next_cursor"].as_str().unwrap()));
        path = next.to_owned();
    }
    assert_eq!(names, ["k0", "k1", "k2"]);
}
