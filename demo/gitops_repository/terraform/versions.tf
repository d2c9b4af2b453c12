terraform {
  required_version = ">= 1.9"

  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.69"
    }
  }
}

provider "proxmox" {
  endpoint = var.proxmox_endpoint
  insecure = false

  # PROXMOX_VE_API_TOKEN comes from the environment.
}
