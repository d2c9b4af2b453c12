"""Another storage class for a volume, wherever it is asked for."""

import pytest

from assistant_core.errors import AmbiguousWorkload, EditRefused, InputInvalid
from assistant_core.gitops import Index, apply
from assistant_core.models.plan import SetStorageClass
from assistant_core.models.repository import Snapshot

CLAIM = b"""\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: config-app, namespace: media}
spec:
  storageClassName: longhorn  # slow
  resources: {requests: {storage: 5Gi}}
"""
DEPLOYMENT = b"""\
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: media}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers: [{name: app, image: app:1}]
      volumes:
        - {name: config, persistentVolumeClaim: {claimName: config-app}}
"""
STATEFUL_SET = b"""\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: media}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: db:1}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        resources:
          requests:
            storage: 5Gi
    - metadata: {name: log}
      spec:
        storageClassName: longhorn
        resources:
          requests:
            storage: 1Gi
"""


def index(**files: bytes) -> Index:
    return Index.of(Snapshot(commit="c", files={f"{name}.yaml": text for name, text in files.items()}))


def test_the_class_of_a_claim_changes_and_nothing_else() -> None:
    edit = apply(SetStorageClass(name="app", storage_class="local-path"), index(app=DEPLOYMENT, claim=CLAIM))

    [file] = edit.files
    assert (file.path, file.after) == ("claim.yaml", CLAIM.replace(b"longhorn", b"local-path"))
    assert (edit.target.before, edit.target.after) == ("longhorn", "local-path")
    assert "delete the claim" in edit.notes[0].sentence


def test_a_stateful_set_that_names_no_class_gets_one() -> None:
    edit = apply(SetStorageClass(name="db", storage_class="local-path", volume="data"), index(db=STATEFUL_SET))

    [file] = edit.files
    assert (file.after or b"").count(b"storageClassName") == 2
    assert b"storageClassName: local-path" in (file.after or b"")


def test_the_class_it_has_already_is_no_change() -> None:
    edit = apply(SetStorageClass(name="app", storage_class="longhorn"), index(app=DEPLOYMENT, claim=CLAIM))
    assert (edit.files, edit.notes) == ((), ())


def test_what_cannot_be_is_said() -> None:
    known = index(app=DEPLOYMENT, claim=CLAIM, db=STATEFUL_SET)
    with pytest.raises(AmbiguousWorkload, match="several volumes"):
        apply(SetStorageClass(name="db", storage_class="local-path"), known)
    with pytest.raises(InputInvalid, match="no name of a storage class"):
        apply(SetStorageClass(name="app", storage_class="two words"), known)
    with pytest.raises(EditRefused, match="no volume"):
        apply(SetStorageClass(name="app", storage_class="local-path"), index(app=DEPLOYMENT))
