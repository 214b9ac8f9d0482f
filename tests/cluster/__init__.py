"""`make prove-cluster`: the proof, against a PostgreSQL cluster and two application hosts on one machine."""
