resource "google_cloud_run_v2_service" "embeddings" {
  name     = "embeddings"
  location = "europe-west3"
}
