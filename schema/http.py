from strawberry.django.views import GraphQLView
