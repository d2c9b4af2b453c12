variable "nas_memory" {
  description = "MiB for the file server"
  type        = number
  default     = 2048
}
