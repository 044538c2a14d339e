//! Styles, scripts and icons: embedded by the build, served for ever under names that carry their content's hash.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

/// What `build.rs` wrote: each file as it is, and compressed as `<name>.br` and `<name>.gz`.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Files;

struct Asset {
    name: String,
    content_type: &'static str,
    etag: String,
    plain: Cow<'static, [u8]>,
    brotli: Option<Cow<'static, [u8]>>,
    gzip: Option<Cow<'static, [u8]>>,
}

/// By the name in the address, such as `app-0f3c9a52d1b4.css`.
static BY_ADDRESS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    Files::iter().filter(|name| !name.ends_with(".br") && !name.ends_with(".gz")).map(|name| load(&name)).collect()
});

/// From the plain name to the full path.
static ADDRESSES: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    BY_ADDRESS.iter().map(|(address, asset)| (asset.name.as_str(), format!("/assets/{address}"))).collect()
});

/// The sprite's text, to know which icons there are.
static SPRITE: LazyLock<String> = LazyLock::new(|| {
    let sprite = Files::get("icons.svg").map(|file| file.data).unwrap_or_default();
    String::from_utf8_lossy(&sprite).into_owned()
});

fn load(name: &str) -> (String, Asset) {
    let bytes_of = |suffix: &str| Files::get(&format!("{name}{suffix}")).map(|file| file.data);
    let file = Files::get(name).expect("the embedded list names only files it holds");
    let hash = hex::encode(&file.metadata.sha256_hash()[..8]);
    let (stem, extension) = name.rsplit_once('.').expect("every asset has an extension");
    let content_type = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        other => panic!("an asset of an unknown kind is embedded: .{other}"),
    };
    let asset = Asset {
        name: name.to_owned(),
        content_type,
        etag: format!("\"{hash}\""),
        plain: file.data,
        brotli: bytes_of(".br"),
        gzip: bytes_of(".gz"),
    };
    (format!("{stem}-{hash}.{extension}"), asset)
}

/// The address of an asset, for templates: `url("app.css")`.
///
/// # Panics
/// When there is no such asset; the name is a literal in a template, and every template is rendered by a test.
pub fn url(name: &str) -> &'static str {
    ADDRESSES.get(name).unwrap_or_else(|| panic!("no asset is called {name}"))
}

/// The address of an icon in the sprite, for `<use href>`; the names are those of `web/icons.json` and `web/icons/`.
///
/// A name that is not in the sprite draws nothing; in debug builds it panics, so that a test finds it.
pub fn icon(name: &str) -> String {
    debug_assert!(has_icon(name), "web/icons.json does not list the icon {name}");
    format!("{}#{name}", url("icons.svg"))
}

/// Whether the sprite holds an icon.
pub fn has_icon(name: &str) -> bool {
    SPRITE.contains(&format!("<symbol id=\"{name}\" "))
}

/// `GET /assets/{file}`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

async fn serve(Path(address): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = BY_ADDRESS.get(&address) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let caching = [
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, asset.etag.as_str()),
        (header::VARY, "accept-encoding"),
    ];
    if wants(&headers, header::IF_NONE_MATCH, &asset.etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, asset.content_type)];
    let accepts = |coding| wants(&headers, header::ACCEPT_ENCODING, coding);
    match (&asset.brotli, &asset.gzip) {
        (Some(bytes), _) if accepts("br") => {
            (caching, content_type, [(header::CONTENT_ENCODING, "br")], bytes.clone()).into_response()
        }
        (_, Some(bytes)) if accepts("gzip") => {
            (caching, content_type, [(header::CONTENT_ENCODING, "gzip")], bytes.clone()).into_response()
        }
        _ => (caching, content_type, asset.plain.clone()).into_response(),
    }
}

/// Whether a comma-separated header lists `wanted`; a coding refused with `q=0` is not listed.
fn wants(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    let listed = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).any(|item| {
        let (token, weight) = item.split_once(';').unwrap_or((item, ""));
        token.trim() == wanted && weight.trim() != "q=0"
    })
}

#[cfg(test)]
mod tests;
