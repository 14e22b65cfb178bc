"""COINr's data and results on ASEM, as frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.indicators import IndicatorTree

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def asem_meta() -> pd.DataFrame:
    meta = pd.read_csv(HERE / "data" / "asem_imeta.csv")
    return meta[meta["Type"].isin(["Indicator", "Aggregate"])]


@pytest.fixture(scope="session")
def asem_tree(asem_meta: pd.DataFrame) -> IndicatorTree:
    columns = {"iCode": "code", "Parent": "parent", "Level": "level", "Direction": "direction", "Weight": "weight"}
    nodes = asem_meta.rename(columns={**columns, "Denominator": "denominator"})
    return IndicatorTree.from_frame(nodes[[*columns.values(), "denominator"]])


@pytest.fixture(scope="session")
def asem_data() -> pd.DataFrame:
    return pd.read_csv(HERE / "data" / "asem_idata.csv", index_col="uCode")


@pytest.fixture(scope="session")
def unequal_weights() -> dict[str, float]:
    return pd.read_csv(HERE / "coinr" / "effective_weights_unequal.csv", index_col="iCode")["Weight"].to_dict()


@pytest.fixture(scope="session")
def coinr() -> Callable[[str], pd.DataFrame]:
    def read(name: str) -> pd.DataFrame:
        return pd.read_csv(HERE / "coinr" / f"{name}.csv", index_col=0)

    return read


@pytest.fixture(scope="session")
def shared() -> Path:
    """The project's shared folder, for data that may not be copied here."""
    folder = HERE.parents[3] / "shared"
    if not (folder / "references" / "indicators").is_dir():
        pytest.skip("the shared folder of references is not beside this clone")
    return folder
