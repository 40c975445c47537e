"""Whether a manifest is of KServe's InferenceService: fields that its types don't have, or of another type, are errors.

inference_service.py FILE CHANGES...: each CHANGES is JSON that is put over spec.predictor. Prints a line of JSON for each: the manifest,
or what is wrong with it as a text.
"""

import copy
import json
import re
import sys

import kserve
import kubernetes.client
import yaml



def check(value, kind, where):
    if listed := re.fullmatch(r"[Ll]ist\[(.+)\]", kind):
        assert isinstance(value, list), f"{where} is no list"
        for i, each in enumerate(value):
            check(each, listed[1], f"{where}[{i}]")
        return
    if mapped := re.fullmatch(r"[Dd]ict\(str, (.+)\)|[Dd]ict\[str, (.+)\]", kind):
        assert isinstance(value, dict), f"{where} is no map"
        for name, each in value.items():
            check(each, mapped[1] or mapped[2], f"{where}.{name}")
        return
    plain = {"str": str, "int": int, "bool": bool, "object": (int, str), "ResourceQuantity": (int, str)}
    if kind in plain:
        assert isinstance(value, plain[kind]), f"{where} is {value!r}: it must be {kind}"
        return
    model = getattr(kserve, kind, None) or getattr(kubernetes.client, kind)
    fields = {json_name: name for name, json_name in model.attribute_map.items()}
    assert isinstance(value, dict), f"{where} is no object"
    for name, each in value.items():
        assert name in fields, f"{where} has no field {name}"
        check(each, model.openapi_types[fields[name]], f"{where}.{name}")


original = yaml.safe_load(open(sys.argv[1]))
for changes in sys.argv[2:]:
    manifest = copy.deepcopy(original)
    manifest["spec"]["predictor"].update(json.loads(changes))
    try:
        check(manifest, "V1beta1InferenceService", "manifest")
        assert manifest["apiVersion"] == "serving.kserve.io/v1beta1" and manifest["kind"] == "InferenceService"
        print(json.dumps(manifest))
    except AssertionError as problem:
        print(json.dumps(str(problem)))
