"""A GitOps repository as large as anybody's homelab: a thousand YAML files of every layout, the same every time."""

from dataclasses import replace

from assistant_core.models.repository import Snapshot

FILES = 1_000
APPS = 170
"""Each of three to seven files; the layouts take turns."""
CHANGED = "apps/app-002/deployment.yaml"

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: 1  # one is enough
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      containers:
        - name: {name}
          image: ghcr.io/home/{name}:1.{number}.0
          env:
            - name: TZ
              value: Europe/Berlin
          ports:
            - containerPort: 8080
              name: http
          resources:
            requests: {{cpu: 50m, memory: 128Mi}}
            limits:
              memory: 512Mi
          volumeMounts:
            - name: data
              mountPath: /data
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: data-{name}
"""
_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {namespace}
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
"""
_CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data-{name}
  namespace: {namespace}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: {number}Gi
"""
_INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: {namespace}
spec:
  rules:
    - host: {name}.home.arpa
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port:
                  name: http
"""
_CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings-{name}
  namespace: {namespace}
data:
  LOG_LEVEL: info
  settings.ini: |
    [main]
    number = {number}
"""
_KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - service.yaml
  - claim.yaml
  - ingress.yaml
  - config.yaml
"""
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://github.com/home/homelab
    path: apps/{name}
    targetRevision: HEAD
  destination:
    server: https://kubernetes.default.svc
    namespace: {namespace}
"""
_CHART = """\
apiVersion: v2
name: {name}
version: 0.1.0
dependencies:
  - name: app-template
    version: 3.{number}.0
    repository: https://bjw-s.github.io/helm-charts
"""
_VALUES = """\
app-template:
  controllers:
    main:
      replicas: 1
      containers:
        main:
          image:
            repository: ghcr.io/home/{name}
            tag: v1.{number}.0
          env:
            TZ: Europe/Berlin
          resources:
            requests: {{cpu: 50m, memory: 128Mi}}
            limits:
              memory: 512Mi
  service:
    main:
      controller: main
      ports:
        http:
          port: 8080
  persistence:
    data:
      type: persistentVolumeClaim
      accessMode: ReadWriteOnce
      size: {number}Gi
"""
_MANIFESTS = {
    "deployment.yaml": _DEPLOYMENT,
    "service.yaml": _SERVICE,
    "claim.yaml": _CLAIM,
    "ingress.yaml": _INGRESS,
    "config.yaml": _CONFIG,
}


_LAYOUTS: tuple[dict[str, str], ...] = (
    {"Chart.yaml": _CHART, "values.yaml": _VALUES},
    {"kustomization.yaml": _KUSTOMIZATION, **_MANIFESTS},
    _MANIFESTS,
)


def large_repository(salt: int = 0) -> Snapshot:
    """The repository; with another `salt`, no file of it was ever read before."""
    files: dict[str, str] = {}
    for number in range(APPS):
        names = {"name": f"app-{number:03}", "namespace": f"team-{number % 12}", "number": number % 40 + 1}
        folder = f"apps/{names['name']}"
        files |= {f"{folder}/{path}": text.format(**names) for path, text in _LAYOUTS[number % len(_LAYOUTS)].items()}
        files[f"argocd/{names['name']}.yaml"] = _APPLICATION.format(**names)
    for number in range(FILES - len(files)):
        text = _CONFIG.format(name=f"dashboard-{number}", namespace="monitoring", number=number)
        files[f"dashboards/{number:03}.yaml"] = text
    return Snapshot(commit=f"{salt:040x}", files={path: f"{text}# {salt}\n".encode() for path, text in files.items()})


def next_commit(snapshot: Snapshot, salt: int) -> Snapshot:
    """The same repository after a commit that changed one file."""
    after = snapshot.files[CHANGED] + f"# {salt}\n".encode()
    return replace(snapshot, commit=f"{salt:040x}", files={**snapshot.files, CHANGED: after})
