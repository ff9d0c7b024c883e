"""The engines that run rules over facts."""
