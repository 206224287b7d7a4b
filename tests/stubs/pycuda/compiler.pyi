# ruff: noqa: A001 - the package's own names
def compile(
    source: str,
    nvcc: str = ...,
    options: list[str] | None = ...,
    keep: bool = ...,
    no_extern_c: bool = ...,
    arch: str | None = ...,
    code: str | None = ...,
    cache_dir: str | bool | None = ...,
    include_dirs: list[str] | None = ...,
    target: str = ...,
) -> bytes: ...
