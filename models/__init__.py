"""Language: segmentation, identification, engines, summariser, translator, grounding."""
