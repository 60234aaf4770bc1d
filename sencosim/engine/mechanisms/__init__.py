"""What happens to a pupil, a post, a case, a council: each mechanism once, as functions over a world ``w``.

Two schedulers run this text: SimPy over plain objects, and compiled windows over records. Both give it what
:mod:`sencosim.engine.handle` names; everything else it takes from the rules and from the world.
"""
