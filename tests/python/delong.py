"""The variance of an area under the ROC curve, by the structural components of DeLong et al. (1988), equations 4 to 6, and by a bootstrap."""

import json
import sys

import numpy as np

given = json.load(sys.stdin)
scores, labels = np.array(given["scores"]), np.array(given["labels"])
members, others = scores[labels == 1], scores[labels == 0]


def psi(members, others):
    """1 where a member is above another row, 1/2 where they tie."""
    difference = members[:, None] - others[None, :]
    return (difference > 0) + 0.5 * (difference == 0)


pairs = psi(members, others)
of_members, of_others = pairs.mean(axis=1), pairs.mean(axis=0)
m, n = len(members), len(others)
s10, s01 = of_members.var(ddof=1), of_others.var(ddof=1)

random = np.random.default_rng(0)
areas = []
for _ in range(4000):
    drawn = psi(random.choice(members, m), random.choice(others, n))
    areas.append(drawn.mean())

print(
    json.dumps(
        {
            "auc": pairs.mean(),
            "members": of_members.tolist(),
            "others": of_others.tolist(),
            "variance": s10 / m + s01 / n,
            "bootstrap": float(np.var(areas)),
        }
    )
)
