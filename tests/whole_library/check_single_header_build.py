#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes sure that a build with ESPALIER_SINGLE_HEADER read no header of the tree but io/: ... BUILD_FOLDER."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
dependencies = list(pathlib.Path(sys.argv[1]).rglob("*.o.d"))
joined = [path for path in dependencies if f"{ROOT}/single_header/espalier" in path.read_text("utf-8")]
strays = {found for path in dependencies
          for found in re.findall(re.escape(f"{ROOT}/include/espalier/") + r"\S+", path.read_text("utf-8"))
          if not found.startswith(f"{ROOT}/include/espalier/io/")}
print(f"{len(joined)} of {len(dependencies)} translation units read the single header")
print("\n".join(f"read from the tree: {stray}" for stray in sorted(strays)))
sys.exit(bool(strays) or not joined)
