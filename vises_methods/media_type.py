"""The name under which a notebook's output carries a result; alone, so that who only looks for it loads no pandas."""

MIME = "application/vnd.vises.result+json"
