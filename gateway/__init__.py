"""The only entrance: signs callers in, forwards to the services, composes what spans several."""
